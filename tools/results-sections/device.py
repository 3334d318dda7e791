"""The device: trigger to answer, the cascade, the emulated board and its fault run."""
import json, re

from common import EDGERT, PACKER, PICTURES

MOST_OVERHEAD = 1.0
LEAST_GAIN = 1.3
FAULT_SECONDS = 300
# Bundle (of the sections perforation and finetune), pictures to find margins with, pictures to judge by.
CASCADES = {
    'cifar10_nin': ['artifacts/finetune/cifar10_nin.joint.edge', 'artifacts/bundles/cifar10_nin.tuned.edge'],
    'squeezenet_v1.1': ['artifacts/finetune/squeezenet_v1.1.joint.edge', 'artifacts/bundles/squeezenet_v1.1.tuned.edge'],
}
MARGINS = {'cifar10_nin': ('../shared/images/cifar10-train.tar', ['--limit', '10000'], 'cifar10'), 'squeezenet_v1.1': ('../shared/images/imagenet-calibration', [], 'imagenet')}


def run(bench):
    bench.write('## Device', '')
    bench.publish('packer')
    bench.publish('edgert-x64')
    overhead(bench)
    cascades(bench)
    board(bench)


def overhead(bench):
    bench.write('### From trigger to answer', '', 'The demo network at a synthetic camera, a timer as the line; times of the end line, in ms. Overhead: trigger to answer less capture and inference.', '')
    command = [EDGERT, 'watch', 'artifacts/bundles/conveyor.edge', '--camera', 'synthetic', '--trigger', 'interval:20', '--frames', '1000']
    make = [PACKER, 'pack', 'tools/demo-model/conveyor.onnx', '--calibration', 'random', '-o', 'artifacts/bundles/conveyor.edge']
    bench.run(*make, '--json')
    end = json.loads(bench.run(*command).splitlines()[-1])
    bench.commands(' '.join(make), ' '.join(command))
    rows = [[name, *(f"{end[key][p]:.2f}" for p in ('p50', 'p95', 'p99', 'max'))] for name, key in (('trigger to answer', 'latency_ms'), ('overhead', 'overhead_ms'))]
    bench.table(['time', '>median', '>95 %', '>99 %', '>longest'], rows)
    bench.write(f"Overhead below {MOST_OVERHEAD:.0f} ms (median): {bench.verdict(end['overhead_ms']['p50'] < MOST_OVERHEAD, 'overhead')}; frames missed: {end['missed']}.", '')


def cascades(bench):
    bench.write('### Cascade', '', 'Mean time of a picture, from the measured times of the points and the pictures that each stage is asked about, against the cheapest single point that has as many of the test pictures right (the best '
                'one where none has), and against two points used in turn so that together they have as many right. Margins are found on training (calibration) pictures, with half a point of top-1 allowed; top-1 is of the test pictures.', '')
    rows, commands = [], []
    for name in bench.models(list(CASCADES)):
        data, limit, family = MARGINS[name]
        for bundle in CASCADES[name]:
            times, out = bundle.replace('.edge', '.times.json'), bundle.replace('.edge', '.cascade.edge')
            bench_command = [EDGERT, 'bench', bundle, '--point', 'all', '--threads', '1', '--runs', '100', '--json']
            with open(bench.path(times), 'w') as file:
                json.dump(bench.json(*bench_command, inputs=[bundle]), file)
            command = [PACKER, 'cascade', bundle, '--data', data, *limit, '--times', times, '-o', out]
            found = bench.json(*command, '--json', inputs=[bundle, times])
            commands.append(' '.join(command))
            if found['cascade'] is None:
                rows.append([name, bundle.split('/')[1], 'none found', '–', '–', '–', '–', bench.verdict(False, name), '–', '–'])
                continue
            score = lambda *how: bench.json(PACKER, 'eval', out, '--images', PICTURES[family], *how, '--json', inputs=[out])
            cost = {r['point']: r['median_ms'] for r in json.load(open(bench.path(times)))['results']}
            both, points = score('--cascade'), {p: score('--point', p)['top1'] for p in cost}
            mean = sum(cost[s['point']] * s['asked'] for s in both['cascade'])
            single = min((p for p in points if points[p] >= both['top1']), key=cost.get, default=max(points, key=points.get))
            turns = mixed(cost, points, both['top1'])
            gain = cost[single] / mean
            rows.append([name, bundle.split('/')[1], ' → '.join(f"{s['point']} ({100 * s['asked']:.0f} %)" for s in both['cascade']), f'{mean:.3f}', f"{both['top1']:.2f}",
                         f'{single}: {cost[single]:.3f} ms, {points[single]:.2f} %', f'{gain:.2f}', bench.verdict(gain >= LEAST_GAIN, f'cascade of {name}: {gain:.2f}'), f'{turns:.3f}', f'{turns / mean:.2f}'])
    bench.commands(*commands, f'{EDGERT} bench BUNDLE --point all --threads 1 --json > TIMES', f'{PACKER} eval OUT --images PICTURES --cascade')
    bench.table(['network', 'points', 'stages (asked)', '>ms', '>top-1 %', 'single point as good', '>gain', f'≥ {LEAST_GAIN}', '>two points in turn, ms', '>gain'], rows)


def mixed(cost, top1, wanted):
    """Cost of the cheapest two points that together have the share of right answers that is wanted, each used for part of the pictures; of the best point where none can."""
    best = max(top1, key=lambda p: (top1[p], -cost[p]))
    found = [cost[p] for p in cost if top1[p] >= wanted] or [cost[best]]
    found += [cost[a] + (cost[b] - cost[a]) * (wanted - top1[a]) / (top1[b] - top1[a]) for a in cost for b in cost if top1[a] < wanted <= top1[b]]
    return min(found)


def board(bench):
    bench.write('### Emulated board', '', f'A real kernel in an emulated board; figures of its jobs (emulated processors are some fifty times slower than real ones). The fault run lasts {FAULT_SECONDS} seconds.', '')
    command = ['tools/board-emulator', '--fault-seconds', str(FAULT_SECONDS)]
    text = bench.run(*command)
    bench.commands(' '.join(command))
    bench.write(*(f'* {line}' for line in re.findall(r'^(cortex-\S+: .*)$', text, re.M)), '')
