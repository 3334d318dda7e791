"""Size, warnings, load time, memory, allocation."""
import os, re, shutil, statistics, subprocess, sys
from common import EDGERT, EDGERT_ARM, ROOT

# With triggers, cameras, sensors and the governor in it.
MOST_BYTES = 6_000_000
MOST_LOAD_MS = 50
MOST_PEAK_MB = 200
LOADS = 15


def run(bench):
    bench.write('## Size, load, memory', '')
    rows, commands = [], []
    for measure in (binary, load, memory, allocation):
        measure(bench, rows, commands)
    bench.commands(*commands)
    bench.table(['figure', '>value', '>target', 'met'], rows)


def binary(bench, rows, commands):
    # Native code is made afresh, or a build that is up to date would print no warning.
    shutil.rmtree(bench.path('src/EdgeRuntime.Cli/obj/Release/net10.0/linux-arm64'), ignore_errors=True)
    command = ['dotnet', 'publish', 'src/EdgeRuntime.Cli', '-c', 'Release', '-r', 'linux-arm64', '-o', 'artifacts/edgert-arm64', '-p:TrimmerSingleWarn=false']
    output = bench.run(*command)
    warnings = len(set(re.findall(r'.*warning IL\d{4}.*', output)))
    size = os.path.getsize(bench.path(EDGERT_ARM))
    commands += [' '.join(command), f'stat -c %s {EDGERT_ARM}']
    rows.append(['`edgert` for linux-arm64, stripped', f'{size / 1e6:.2f} MB', f'≤ {MOST_BYTES / 1e6:.0f} MB', bench.verdict(size <= MOST_BYTES, f'edgert has {size} bytes')])
    rows.append(['trim and AOT warnings', str(warnings), '0', bench.verdict(warnings == 0, f'{warnings} trim or AOT warnings')])


def load(bench, rows, commands):
    commands += [bench.publish('packer'), bench.publish('edgert-x64')]
    bundle, packing = bench.pack_fast('squeezenet_v1.1')
    command = [EDGERT, 'bench', bundle, '--threads', '1', '--runs', '1', '--json']
    commands += [packing, f"{' '.join(command)}    # load_ms, {LOADS} times"]
    times = [load_ms(bench, command) for _ in range(LOADS)]
    middle = statistics.median(times)
    rows.append(['load of squeezenet_v1.1 int8 on x86, median (least)', f'{middle:.1f} ms ({min(times):.1f})', f'< {MOST_LOAD_MS} ms',
                 bench.verdict(middle < MOST_LOAD_MS, f'squeezenet loads in {middle:.1f} ms')])


def load_ms(bench, command):
    return float(re.search(r'"load_ms": ([0-9.eE+-]+)', bench.run(*command)).group(1))


def memory(bench, rows, commands):
    bundle, packing = bench.pack_fast('vgg16')
    command = [EDGERT, 'bench', bundle, '--threads', '1', '--runs', '2', '--json']
    commands += [packing, f"/usr/bin/time -v {' '.join(command)}    # maximum resident set size"]
    print('+ ' + ' '.join(command), file=sys.stderr)
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        print(f"error: '{' '.join(command)}' ended with {os.waitstatus_to_exitcode(status)}; its message is above.", file=sys.stderr)
        sys.exit(1)
    peak = usage.ru_maxrss * 1024 / 1e6
    rows.append(['peak resident memory of VGG-16 int8, whole process', f'{peak:.0f} MB', f'< {MOST_PEAK_MB} MB', bench.verdict(peak < MOST_PEAK_MB, f'VGG-16 takes {peak:.0f} MB')])


def allocation(bench, rows, commands):
    for name in bench.models(['squeezenet_v1.1', 'mobilenet_v2_1.0_224.fp32', 'yolo-fastest-1.1']):
        bundle, packing = bench.pack_fast(name)
        command = [EDGERT, 'bench', bundle, '--threads', '2', '--runs', '50', '--json']
        commands += [packing, f"{' '.join(command)}    # allocated_bytes"]
        allocated = int(re.search(r'"allocated_bytes": (\d+)', bench.run(*command)).group(1))
        rows.append([f'bytes allocated by 50 inferences, {name}', str(allocated), '0', bench.verdict(allocated == 0, f'{name} allocates {allocated} bytes')])
