"""x86 speed beside ONNX Runtime."""

DRAWN = ['alexnet', 'vgg16', 'nin_imagenet', 'resnet18']
MODELS = ['squeezenet_v1.1', 'mobilenet_v2_1.0_224.fp32', 'mobilenet_v2_1.0_224.qdq', 'cifar10_nin', 'cifar10_resnet20', 'cifar10_resnet56',
          'tiny_pretrainedResnet', 'tiny_pretrainedResnet_quant.qdq', 'ultraface_RFB-320', 'yolo-fastest-1.1', *DRAWN]
RATIOS = ['int8_vs_ort_fp32', 'fp32_vs_ort_fp32', 'int8_vs_ort_int8']


def run(bench):
    bench.write('## Speed on x86', '', 'One thread, all four engines in one process, turn and turn about; medians in milliseconds. Ratios are the median over the rounds of the '
                'peer\'s time divided by ours (in brackets: of the least times): above 1 ours is faster. ONNX Runtime runs with all its graph optimisations and without spinning threads; '
                'its int8 model is a static QDQ quantisation that `tools/bench` writes (uint8 activations, int8 weights per channel). All int8 models here have ranges from noise, '
                'which changes answers but not the work. Our times run from filled input rows to output rows, theirs from float tensors to float tensors. '
                f'{", ".join(DRAWN)} have random weights. Target: int8 faster than ONNX Runtime fp32.', '')
    results = []
    for name in bench.models(MODELS):
        command = ['tools/bench', '--models', name, '--runs', '40', '--seconds', '20', '--json']
        if name in DRAWN:
            bench.model(name)
        results += bench.json(*command, inputs=[bench.model(name)])['models']
    bench.commands('tools/bench --runs 40 --seconds 20')
    rows = []
    for r in results:
        times = [f"{r[e]['median_ms']:.3g}" if e in r else '–' for e in ('edge-int8', 'edge-fp32', 'ort-fp32', 'ort-int8')]
        ratios = [f"{r[n]['median']:.2f} ({r[n]['min']:.2f})" if n in r else '–' for n in RATIOS]
        met = bench.verdict(r[RATIOS[0]]['median'] > 1, f"{r['model']} int8 is {r[RATIOS[0]]['median']:.2f} × ORT fp32") if RATIOS[0] in r else '–'
        rows.append([r['model'], f"{r['macs'] / 1e6:.1f}", *times, ratios[0], met, *ratios[1:]])
    bench.table(['model', '>MMAC', '>int8', '>fp32', '>ORT fp32', '>ORT int8', '>int8 : ORT fp32', 'met', '>fp32 : ORT fp32', '>int8 : ORT int8'], rows)
