# Formats, and a camera that goes and comes back.
for format in yuyv nv12 rgb24 grey; do
    edgert watch /model.edge --camera v4l2:/dev/video0 --camera-format $format --camera-size 320x180 --frames 2 --top 1 > /tmp/$format.out 2> /tmp/$format.err
    echo $? > /tmp/$format.code
done
check format-yuyv sh -c '[ "$(cat /tmp/yuyv.code)" -eq 0 ] && [ "$(grep -c "\"type\":\"frame\"" /tmp/yuyv.out)" -eq 2 ]'
check format-nv12 sh -c '[ "$(cat /tmp/nv12.code)" -eq 0 ] && [ "$(grep -c "\"type\":\"frame\"" /tmp/nv12.out)" -eq 2 ]'
check format-rgb24 sh -c '[ "$(cat /tmp/rgb24.code)" -eq 0 ] && [ "$(grep -c "\"type\":\"frame\"" /tmp/rgb24.out)" -eq 2 ]'
check format-grey sh -c '[ "$(cat /tmp/grey.code)" -eq 0 ] && [ "$(grep -c "\"type\":\"frame\"" /tmp/grey.out)" -eq 2 ]'

# The same test pattern, seen through two formats, is the same answer.
check formats-agree sh -c '[ -n "$(grep -o "\"label\":\"[a-z]*\"" /tmp/yuyv.out | head -n 1)" ] && [ "$(grep -o "\"label\":\"[a-z]*\"" /tmp/yuyv.out | head -n 1)" = "$(grep -o "\"label\":\"[a-z]*\"" /tmp/nv12.out | head -n 1)" ]'

edgert watch /model.edge --camera v4l2:/dev/video0 --camera-format mjpeg --frames 1 > /tmp/mjpeg.out 2> /tmp/mjpeg.err
echo $? > /tmp/mjpeg.code
check missing-format-is-told sh -c '[ "$(cat /tmp/mjpeg.code)" -eq 5 ] && grep -q "YUYV" /tmp/mjpeg.err && grep -q "camera-format" /tmp/mjpeg.err'

start away --camera v4l2:/dev/video0 --camera-size 320x180 --trigger every-frame --top 1
check camera-streams until_true 20 has_lines '"type":"frame"' 5
echo vivid.0 > /sys/bus/platform/drivers/vivid/unbind
check camera-loss-is-told until_true 20 has_lines '"kind":"camera-lost"' 1
sleep 2
check camera-loss-is-told-once test "$(lines '"kind":"camera-lost"')" -eq 1
n=$(lines '"type":"frame"')
echo vivid.0 > /sys/bus/platform/drivers/vivid/bind
check camera-comes-back until_true 40 has_lines '"kind":"camera-back"' 1
check frames-flow-again until_true 20 has_lines '"type":"frame"' $((n + 3))
kill -TERM $pid
check stream-ends-on-term ends 0 10
