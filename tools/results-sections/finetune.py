"""Fine-tuning: perforated points trained together, beside the dense network and the simple ways trained as long."""
import json, re
from typing import NamedTuple

from common import EDGERT, PACKER, PICTURES, in_turn, machine

CIFAR = ['../shared/images/cifar10-train.tar']
IMAGENET = ['../shared/images/imagenet-calibration']
ADAM = ['--optimizer', 'adam', '--learning-rate', '0.003']
SGD = ['--learning-rate', '0.003']


class Network(NamedTuple):
    """How a network is trained: points; how its ONNX file is trained before the search, since it never saw such pictures; how the points are trained; simple ways to compare with;
    pictures to search with and to train with; how many times fewer multiplications low rank is to bring before masks come on top; for how many batches the ways to a point are tried; widths of smaller pictures
    to try in place of those that the search picks, or 'off'; what else is said where one point is trained by itself; whether the network takes pictures of one size alone, so that a smaller one is a matter of tables and not of another import;
    whether the trained dense network teaches the points and the simple ways beside the labels; how its ONNX file is trained a second time before the search, from the weights of the first."""
    points: str
    first: list
    then: list
    simple: list
    searched: list = [*CIFAR, '--held-back', '--limit', '3000']
    shown: list = CIFAR
    rank: float = 1
    trial: int = 0
    widths: str = ''
    single: list = []
    one_size: bool = False
    teacher: bool = False
    more: list = []


# Masks on low rank: VGG-16 by masks alone starts ten points lower at as many multiplications (docs/low-rank.md). The trained dense network teaches, since low rank starts with a worse one.
SCRATCH = Network('2.1x', ['--init', '--epochs', '4', '--optimizer', 'adam', '--learning-rate', '0.01'], ['--epochs', '2', *ADAM], [('smaller-input', 0.7)], rank=1.5, widths='off', single=['--batch-norm'], one_size=True, teacher=True)
NETWORKS = {
    'cifar10_nin': Network('2.2x,3.1x,4.2x', ['--epochs', '3', *ADAM], ['--epochs', '4', *ADAM], [('smaller-input', 0.66)], [*CIFAR, '--limit', '3000'], rank=1.5),
    'cifar10_resnet20': Network('1.55x,2x,3x', ['--epochs', '3', *SGD], ['--epochs', '5', *SGD], [('smaller-input', 0.8), ('fractional-stride', 0.5)], trial=100, widths='26,24'),
    'cifar10_resnet56': Network('1.55x,2x,3x', ['--epochs', '1', *SGD], ['--epochs', '1', *SGD], [('smaller-input', 0.8), ('fractional-stride', 0.5)], trial=100, widths='26,24'),
    'tiny_pretrainedResnet': Network('1.45x,2x,3x', ['--epochs', '3', *ADAM], ['--epochs', '6', *ADAM], [('smaller-input', 0.8), ('fractional-stride', 0.5)]),
    'squeezenet_v1.1': Network('1.25x,1.4x,2x', [], ['--epochs', '12', '--distill'], [('smaller-input', 0.85), ('smaller-input', 0.7)], IMAGENET, IMAGENET),
    'cifar10_alexnet': SCRATCH,
    # Five poolings make more of a smaller picture than its area: 22x22 is 2.8 times fewer multiplications. After four epochs it still learns faster than a point makes up for what it lost.
    'cifar10_vgg16': SCRATCH._replace(simple=[('smaller-input', 0.8)], more=['--batch-norm', '--epochs', '3', *ADAM]),
}
# Trained points: network -> points that may be lost, by point.
TARGETS = {'cifar10_nin': {'2.2x': 0.2, '3.1x': 1.0, '4.2x': 2.0}, 'cifar10_resnet20': {'1.55x': 1.0}, 'cifar10_resnet56': {'1.55x': 1.0}, 'tiny_pretrainedResnet': {'1.45x': 1.0}, 'squeezenet_v1.1': {'1.4x': 1.0},
           'cifar10_alexnet': {'2.1x': 1.0}, 'cifar10_vgg16': {'2.1x': 1.0}}
# Networks whose points are trained by themselves too, and how far from that one weight set for all may be.
SEPARATE, MOST_APART = ['tiny_pretrainedResnet'], 0.5
LEAST_OF_PEAK = 40
FAMILY = {n: 'imagenet' if n.startswith('squeezenet') else 'cifar10' for n in NETWORKS}


def run(bench):
    bench.write('## Fine-tuning', '', 'int8, top-1 on the test pictures. The networks for CIFAR-10 never saw JPEGs, so each is first trained on these (`train`), and points are searched then: what a search finds on weights that do not know the '
                'pictures is not what suits those that do. All points of a bundle share one weight set, trained for all of them together, each of them shown every batch. "Dense, alone" is the dense network trained as '
                'long on the same pictures by itself; every loss is against it. Speed-ups are measured, one thread, points in turn, against our own dense int8.', '')
    bench.publish('packer')
    bench.publish('edgert-x64')
    if bench.models(['engine']):
        engine(bench)
    for name in bench.models(list(NETWORKS)):
        network(bench, name)
    if bench.models(['low-rank']):
        low_rank(bench)


def engine(bench):
    command = ['dotnet', 'run', '-c', 'Release', '--project', 'tools/gradient-bench', '--', bench.model('cifar10_nin'), '--batch', '64', '--repeats', '20']
    lines = bench.run(*command).strip().splitlines()
    share = float(re.search(r'share of the peak: ([\d.]+)', lines[-1])[1])
    bench.write('### Engine', '', 'Forward and backward pass of one batch, beside the best fp32 product of this machine.', '')
    bench.commands(' '.join(command))
    bench.write(*(f'* {line}' for line in lines), f"* at least {LEAST_OF_PEAK} % of the peak: {bench.verdict(share >= LEAST_OF_PEAK, f'engine: {share} % of the peak')}", '')


def network(bench, name):
    net = NETWORKS[name]
    place = f'artifacts/finetune/{name}'
    (before, model), family = adapted(bench, name), FAMILY[name]
    top1 = lambda bundle, point: bench.json(PACKER, 'eval', bundle, '--point', point, '--images', PICTURES[family], *bench.limit(), '--json', inputs=[bundle])['top1']
    low = ['--low-rank', str(net.rank)] if net.rank > 1 else []
    tune = [PACKER, 'tune', model, '--data', *net.searched, '--objective', 'macs', *low, *(['--smaller-input', net.widths] if net.widths else []), *(['--trial', str(net.trial), *net.then[2:]] if net.trial else []), '--points', net.points, '-o', f'{place}.edge']
    # One point alone has weights of its own, and the dense point beside it is not for use.
    together = ',' in net.points
    beside = ['--teacher', f'{place}.dense.edge'] if net.teacher else []
    joint = [PACKER, 'finetune', f'{place}.edge', '--data', *net.shown, *net.then, *(['--joint', '--every-point'] if together else [*net.single, '--point', net.points]), *beside, '-o', f'{place}.joint.edge']
    # The dense network as it was given, and trained as long.
    pack = [PACKER, 'pack', model, '--calibration', net.searched[0], '--limit', '500', '-o', f'{place}.given.edge']
    alone = [PACKER, 'finetune', f'{place}.given.edge', '--data', *net.shown, *net.then, *net.single, '--point', 'dense', '-o', f'{place}.dense.edge']
    tried = bench.json(*tune, '--json', inputs=[model]).get('tried', [])
    bench.json(*pack, '--json', inputs=[model])
    # Without labels the dense network is what the others learn from.
    taught = '--distill' not in net.then
    gained = not taught or bench.json(*alone, '--json', inputs=[f'{place}.given.edge'])['best_epoch'] > 0
    bench.json(*joint, '--json', inputs=[f'{place}.edge', *beside[1:]])
    best = f'{place}.dense.edge' if taught else f'{place}.given.edge'
    commands = [' '.join(c) for c in (*before, tune, pack, *([alone] if taught else []), joint)]
    reference = top1(best, 'dense')
    points = [p['name'] for p in bench.json(PACKER, 'inspect', f'{place}.joint.edge', '--json', inputs=[f'{place}.joint.edge'])['points'] if together or p['name'] == net.points]
    dense, *speeds = in_turn(bench, [(best, 'dense'), *((f'{place}.joint.edge', p) for p in points)])
    goals, rows = TARGETS[name], [['dense, alone', f'{dense.macs / 1e6:.1f}', '1.00', '1.00', f"{top1(f'{place}.given.edge', 'dense'):.2f}", f'{reference:.2f}', '–', '']]
    made = {}
    for point, speed in zip(points, speeds):
        trained = top1(f'{place}.joint.edge', point)
        made[point] = (dense.ms / speed.ms, trained)
        goal = f"{goals[point]:.1f}: {bench.verdict(reference - trained <= goals[point], f'{name} {point}: {reference - trained:+.2f}')}" if point in goals else ''
        shown = point if net.rank == 1 or point != 'dense' else 'low rank alone (dense)'
        rows.append([shown, f'{speed.macs / 1e6:.1f}', f'{dense.macs / speed.macs:.2f}', f'{made[point][0]:.2f}', f"{top1(f'{place}.edge', point):.2f}", f'{trained:.2f}', f'{reference - trained:+.2f}', goal])
    lines = []
    for kind, share in net.simple:
        start, end = (f'{place}.{kind}-{share}{more}.edge' for more in ('', '.trained'))
        calibration = [net.searched[0], '--limit', '500']
        make = [PACKER, 'baseline', model, '--kind', kind, '--share', str(share), '--calibration', *calibration, '-o', start]
        if not taught or net.one_size:
            # What learns from the dense network's answers needs that network beside it, and a matrix over a flattened map takes no other import.
            make = [PACKER, 'pack', model, '--calibration', *calibration, '--points-from', small_point(bench, model, share, f'{place}.{kind}-{share}.json'), '-o', start]
        point = bench.json(*make, '--json', inputs=[model]).get('point', 'small')
        train = [PACKER, 'finetune', start, '--data', *net.shown, *net.then, *net.single, '--point', point, *beside, '-o', end]
        bench.json(*train, '--json', inputs=[start, *beside[1:]])
        commands += [' '.join(make), ' '.join(train)]
        dense, made_so = in_turn(bench, [(best, 'dense'), (end, point)])
        trained, speed = top1(end, point), dense.ms / made_so.ms
        rows.append([f'{kind} {share}', f'{made_so.macs / 1e6:.1f}', f'{dense.macs / made_so.macs:.2f}', f'{speed:.2f}', f"{top1(start, point):.2f}", f'{trained:.2f}', f'{reference - trained:+.2f}', ''])
        winner = between(made if together else {'dense': (1, reference), **made}, speed)
        lines.append(f"* {kind} {share}: {trained:.2f} % at {speed:.2f}×. " + ('Perforation does not reach that speed.' if winner is None else
                     f"Perforation as fast, between its points: {winner:.2f} %: {'perforation wins' if winner >= trained else '**perforation loses**'}."))
    bench.write(f'### {name}', '')
    bench.commands(*commands, f'{PACKER} eval BUNDLE --point POINT --images {PICTURES[family]}', f'{EDGERT} bench BUNDLE --point POINT --threads 1')
    bench.table(['network', '>MMAC', '>fewer MAC', '>speed-up', '>before top-1 %', '>trained', '>loss', 'at most'], rows)
    if not gained:
        lines.append('* No epoch brought the dense network by itself a lower loss on the pictures held back: it has the weights that it started with.')
    # The section takes hours, so that networks may be measured on different machines.
    bench.write(*lines, f'* Speed-ups: {machine()}.', '')
    if tried:
        ways(bench, net, tried)
    if name in SEPARATE:
        separate(bench, name, place, [p for p in made if p != 'dense'], [*net.shown, *net.then], made, top1)


def small_point(bench, model, share, path):
    """Describes an operating point that takes a smaller picture and has no masks; returns the file."""
    with open(bench.path(model.replace('.onnx', '.json'))) as file:
        side = round(json.load(file)['input']['width'] * share)
    points = [{'name': 'dense', 'input': None, 'layers': []}, {'name': 'small', 'input': {'height': side, 'width': side}, 'layers': []}]
    with open(bench.path(path), 'w') as file:
        json.dump({'schema': 'modelpacker.masks', 'version': 1, 'points': points}, file)
    return path


def adapted(bench, name):
    """The network, trained for the pictures in fp32: what was done, and the file."""
    net, target = NETWORKS[name], f'artifacts/finetune/{name}.onnx'
    bench.folder('artifacts/finetune/first')
    commands, model = [], f'artifacts/finetune/untrained/{name}.onnx'
    if '--init' in net.first:
        commands.append(['tools/cifar-networks', 'artifacts/finetune/untrained', name])
        bench.run(*commands[-1])
    else:
        model = bench.model(name)
    trainings = [how for how in (net.first, net.more) if how]
    for made, how in zip([f'artifacts/finetune/first/{name}.onnx', target][2 - len(trainings):], trainings):
        commands.append([PACKER, 'train', model, '--data', *net.shown, *how, '-o', made])
        bench.json(*commands[-1], '--json', inputs=[model])
        model = made
    return commands, model


def between(points, speed):
    """Top-1 of perforation at a speed-up, linear between its neighbouring points; None beyond the fastest."""
    known = sorted(points.values())
    for (slow, good), (fast, bad) in zip(known, known[1:]):
        if slow <= speed <= fast:
            return good + (bad - good) * (speed - slow) / (fast - slow)
    return known[0][1] if speed < known[0][0] else None


def ways(bench, net, tried):
    bench.write(f'Ways that were tried for {net.trial} batches before one was chosen, top-1 on the pictures that the search and the trial judged by:', '')
    size = lambda t: f"{t['input']['width']}×{t['input']['height']}" if t['input'] else 'full'
    bench.table(['point', 'picture', '>found', '>trained', 'became the point'], [[t['point'], size(t), f"{t['found']['top1']:.1f}", f"{t['trained']['top1']:.1f}", 'yes' if t['chosen'] else ''] for t in tried])


def separate(bench, name, place, points, how, made, top1):
    rows, commands = [], []
    for point in points:
        command = [PACKER, 'finetune', f'{place}.edge', '--data', *how, '--point', point, '-o', f'{place}.{point}.edge']
        bench.json(*command, '--json', inputs=[f'{place}.edge'])
        commands.append(' '.join(command))
        own = top1(f'{place}.{point}.edge', point)
        apart = own - made[point][1]
        rows.append([point, f'{made[point][1]:.2f}', f'{own:.2f}', f'{apart:+.2f}', bench.verdict(apart <= MOST_APART, f'{name} {point}: joint {apart:+.2f} behind its own')])
    bench.write('One weight set for all points beside weights of their own, trained for as many epochs:', '')
    bench.commands(*commands)
    bench.table(['point', '>joint top-1 %', '>its own', '>behind', f'≤ {MOST_APART}'], rows)


def low_rank(bench):
    """A quarter of the multiplications, by masks and by masks on low rank; low rank alone does not get there, since 1x1 layers stay."""
    (before, model), training = adapted(bench, 'cifar10_nin'), ['--epochs', '2', *ADAM]
    bench.write('### Low rank and perforation', '', 'cifar10_nin with a quarter of the multiplications, trained for two epochs. Low rank alone ends at 2.6 times fewer, since 1×1 layers stay.', '')
    ways = [('perforation', 1, 4), ('low rank', 2.5, 1), ('low rank 1.5, then perforation', 1.5, 4), ('low rank 2, then perforation', 2, 4)]
    commands, rows = [' '.join(c) for c in before], []
    for name, rank, masks in ways:
        start, end = (f'artifacts/finetune/rank-{rank}-{masks}{more}.edge' for more in ('', '.trained'))
        how = ['--low-rank', str(rank)] if rank > 1 else []
        point = f'{masks}x' if masks > 1 else 'dense'
        make = [PACKER, 'tune', model, '--data', *CIFAR, '--limit', '3000', '--objective', 'macs', *how, '--points', point] if masks > 1 else [PACKER, 'pack', model, '--calibration', *CIFAR, '--limit', '500', *how]
        make += ['-o', start]
        train = [PACKER, 'finetune', start, '--data', *CIFAR, *training, '--point', point, '-o', end]
        bench.json(*make, '--json', inputs=[model])
        bench.json(*train, '--json', inputs=[start])
        commands += [' '.join(make), ' '.join(train)]
        score = [bench.json(PACKER, 'eval', b, '--point', point, '--images', PICTURES['cifar10'], *bench.limit(), '--json', inputs=[b])['top1'] for b in (start, end)]
        ran = next(r for r in bench.json(EDGERT, 'bench', end, '--point', 'all', '--threads', '1', '--runs', '200', '--json', inputs=[end])['results'] if r['point'] == point)
        rows.append([name, f"{ran['macs'] / 1e6:.1f}", f"{ran['median_ms']:.3f}", *(f'{s:.2f}' for s in score)])
    bench.commands(*commands, f"{PACKER} eval BUNDLE --point POINT --images {PICTURES['cifar10']}", f'{EDGERT} bench BUNDLE --point all --threads 1')
    bench.table(['by', '>MMAC', '>ms', '>before top-1 %', '>trained'], rows)
    both, alone = max(float(r[4]) for r in rows[2:]), max(float(r[4]) for r in rows[:2])
    bench.write(f'Both together are better than either alone: {bench.verdict(both > alone, f"low rank and perforation: {both} beside {alone}")}.', '')
