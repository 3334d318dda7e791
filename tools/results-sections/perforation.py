"""Perforation: one layer, whole networks, beside the dense int8 network."""
import json, os, time

from common import CLASSIFIERS, DETECTORS, EDGERT, PACKER, PICTURES

DATA = {'imagenet': ['../shared/images/imagenet-calibration'], 'cifar10': ['../shared/images/cifar10-train.tar', '--limit', '3000']}
POINTS = '1.25x,1.5x,2x,3x'
# 39 layers, maps of up to 160 × 160 sites: a search for 3x with all pictures takes the better part of an hour.
FEWER_POINTS = {'yolo-fastest-1.1': '1.25x,1.5x'}
FEWER_PICTURES = {'yolo-fastest-1.1': ['--limit', '300']}
# Networks that are searched without smaller pictures too.
MASKS_ALONE = ['squeezenet_v1.1', 'cifar10_nin', 'cifar10_resnet20', 'tiny_pretrainedResnet']
HEAD = ['network', 'point', 'picture', '>MMAC', '>fewer MAC', '>ms', '>speed-up', '>top-1 %', '>loss', '>held back', '>uncorrected']
# (channels in, channels out, side): VGG-16 conv3_2 and the 3×3 layers of ResNet-18's first stage.
LAYERS = {'vgg_conv3_2': (256, 256, 56), 'resnet_3x3': (64, 64, 56)}
RATES = ['2x', '4x', '8x']
LEAST_SHARE = 0.95
# Without training: network -> (loss in points, least fewer MAC).
UNTRAINED = [('cifar10_nin', 1, 1.5), ('cifar10_nin', 2, 2.0), ('squeezenet_v1.1', 1, 1.25)]
# Of a residual network's loss with random grids, so much is to be recovered at equal speed-up.
RESIDUAL = ['cifar10_resnet20', 'cifar10_resnet56', 'tiny_pretrainedResnet', 'mobilenet_v2_1.0_224.fp32']
LEAST_RECOVERED = 50
# Whole networks whose layers have 64 channels or more: measured speed-up by multiplications saved.
WIDE, LEAST_OF_MACS = ['cifar10_nin', 'squeezenet_v1.1'], 90
# Networks whose points are estimated for arm64 too.
ESTIMATED = ['cifar10_nin', 'cifar10_resnet20', 'cifar10_resnet56', 'tiny_pretrainedResnet', 'squeezenet_v1.1', 'mobilenet_v2_1.0_224.fp32', 'ultraface_RFB-320']
# A search whose time is measured.
SEARCHED, MOST_MINUTES = 'squeezenet_v1.1', 20
# The networks of the paper: name -> side of their pictures.
SHAPES = {'alexnet': 227, 'vgg16': 224}


def run(bench):
    bench.write('## Perforation', '')
    bench.publish('packer')
    bench.publish("edgert-x64")
    layers(bench)
    networks(bench)
    network_estimates(bench)
    shapes(bench)
    search_time(bench)


def layers(bench):
    bench.write('### One layer', '', 'A 3 × 3 layer behind a 1 × 1 layer, impact masks, x86, one thread; medians of the layer\'s own time, points measured in turn, best of three rounds.', '')
    rows, commands = [], []
    for name, shape in LAYERS.items():
        model, bundle = f'artifacts/layers/{name}.onnx', f'artifacts/layers/{name}.edge'
        make_layer(bench.path(model), *shape)
        tune = [PACKER, 'tune', model, '--data', '../shared/images/imagenet-calibration', '--limit', '24', '--objective', 'macs', '--mask', 'impact', '--points', ','.join(RATES), '-o', bundle]
        bench.json(*tune, '--json', inputs=[model])
        commands.append(' '.join(tune))
        best = {}
        for round_ in range(3):
            for point in ['dense', *RATES]:
                profile = bench.json(EDGERT, 'profile', bundle, '--point', point, '--threads', '1', '--runs', str(60 + round_), '--json', inputs=[bundle])
                step = next(s for s in profile['steps'] if s['name'] == 'layer')
                best[point] = min(best.get(point, (1e9, 0)), (step['median_ms'], step['rows']))
        dense, sites = best['dense']
        for point in RATES:
            ms, kept = best[point]
            ideal = sites / kept
            rows.append([name, f'{100 * (1 - kept / sites):.1f}', f'{ms:.3f}', f'{dense / ms:.2f}', f'{ideal:.2f}', f'{100 * dense / ms / ideal:.1f}',
                         bench.verdict(dense / ms >= LEAST_SHARE * ideal, f'{name} at {point}: {dense / ms:.2f} of {ideal:.2f}')])
    bench.commands(*commands, f'{EDGERT} profile BUNDLE --point POINT --threads 1 --json')
    bench.table(['layer', '>rate %', '>ms', '>speed-up', '>1/(1 − r)', '>share %', '≥ 95 %'], rows)
    estimates(bench)


def estimates(bench):
    bundles = [f'artifacts/layers/{name}.edge' for name in LAYERS]
    bench.write('The same layers, estimated for arm64 by instruction counts and a scheduling model of the core (data in L1).', '')
    rows = []
    for bundle in bundles:
        points = bench.json('tools/bench-arm', bundle, '--step', 'layer', '--json', inputs=[bundle])['models']
        dense = points[0]
        for p in points[1:]:
            ideal = dense['rows'] / p['rows']
            cells = [p['model'], f"{100 * (1 - 1 / ideal):.1f}", f'{ideal:.2f}']
            for cpu in ('a76', 'a72'):
                gain = dense['cpus'][cpu]['cycles'] / p['cpus'][cpu]['cycles']
                cells += [f"{p['cpus'][cpu]['cycles'] / 1e6:.2f}", f'{gain:.2f}', f'{100 * gain / ideal:.1f}',
                          bench.verdict(gain >= LEAST_SHARE * ideal, f"{p['model']} at {p['point']} on {cpu}: {gain:.2f} of {ideal:.2f}")]
            rows.append(cells)
    bench.commands(*(f'tools/bench-arm {bundle} --step layer' for bundle in bundles))
    bench.table(['layer', '>rate %', '>1/(1 − r)', *(f'>{c} {u}' if u[0] != '≥' else f'{c} {u}' for c in ('A76', 'A72') for u in ('M cycles', 'speed-up', 'share %', '≥ 95 %'))], rows)


def networks(bench):
    bench.write('### Networks', '', 'int8, against our own dense int8 = 1, no training. Searched on training or calibration pictures (CIFAR-10: 3,000 labelled; ImageNet: 1,000, yolo-fastest 300, by '
                'the dense network\'s answers), accuracy on the test pictures, times of all points in turn, one thread. A point takes the picture that is named, or else the full one. "Uncorrected" is without the re-fitted '
                'constants, on the search\'s held-back pictures beside "held back". The CIFAR networks were trained on lossless pictures and these are JPEGs: a smaller picture takes out some of what the coder put in.', '')
    commands, rows, simple = [], [], []
    points, grids = {}, {}
    names = bench.models([*CLASSIFIERS, *DETECTORS])
    for name in names:
        found = network(bench, name, f'artifacts/bundles/{name}.tuned.edge', ['--baselines'], commands, rows, points)
        simple += [[name, b['name'], f"{b['macs'] / 1e6:.1f}", *((f"{found['dense']['top1']:.2f}", f"{b['top1']:.2f}") if b.get('top1') is not None else (f"{found['dense']['loss']:.4f}", f"{b['loss']:.4f}"))]
                   for b in found['baselines']]
        grids[name] = [b for b in found['baselines'] if b['name'].startswith('grid')]
    bench.commands(*commands, f'{PACKER} eval BUNDLE --point POINT --images PICTURES', f'{EDGERT} bench BUNDLE --point all --threads 1')
    bench.table(HEAD, rows)
    masks_alone(bench, [n for n in names if n in MASKS_ALONE])
    targets(bench, points)
    recovered(bench, points, grids)
    if simple:
        bench.write('Without a search, on the held-back pictures (top-1 % or, of detectors, the error of the heads; dense beside it): random masks of one share in every k×k layer, a fractional stride, a smaller input.', '')
        bench.table(['network', 'baseline', '>MMAC', '>dense', '>held back'], simple)


def masks_alone(bench, names):
    """What perforation does by itself, at the full picture."""
    commands, rows, points = [], [], {}
    for name in names:
        network(bench, name, f'artifacts/bundles/{name}.masks.edge', ['--smaller-input', 'off'], commands, rows, points)
    if rows:
        bench.write('Masks alone, every point at the full picture:', '')
        bench.commands(*commands)
        bench.table(HEAD, rows)


def network(bench, name, bundle, options, commands, rows, points):
    """Searches and measures one network; returns what tune said."""
    family = {**CLASSIFIERS, **DETECTORS}[name]
    tune = [PACKER, 'tune', bench.model(name), '--data', *DATA[family], *FEWER_PICTURES.get(name, []), '--objective', 'macs', '--points', FEWER_POINTS.get(name, POINTS), *options, '-o', bundle]
    found = bench.json(*tune, '--json', inputs=[bench.model(name)])
    commands.append(' '.join(tune))
    times = {r['point']: r for r in bench.json(EDGERT, 'bench', bundle, '--point', 'all', '--threads', '1', '--runs', '60', '--json', inputs=[bundle])['results']}
    held = lambda q: '–' if q is None else f"{q['top1']:.2f}" if q.get('top1') is not None else f"{q['loss']:.4f}"
    base = None
    for point in [{'name': 'dense', **found['dense'], 'uncorrected': None, 'input': None}, *found['points']]:
        p, size = point['name'], point['input']
        top1 = bench.json(PACKER, 'eval', bundle, '--point', p, '--images', PICTURES[family], *bench.limit(), '--json', inputs=[bundle])['top1'] if name in CLASSIFIERS else None
        base = top1 if base is None else base
        fewer, faster = times['dense']['macs'] / times[p]['macs'], times['dense']['median_ms'] / times[p]['median_ms']
        rows.append([name, p, f"{size['width']}×{size['height']}" if size else '', f"{times[p]['macs'] / 1e6:.1f}", f'{fewer:.2f}', f"{times[p]['median_ms']:.3f}", f'{faster:.2f}',
                     '–' if top1 is None else f'{top1:.2f}', '–' if top1 is None else f'{base - top1:+.2f}', held(point), held(point['uncorrected'])])
        points.setdefault(name, []).append({'name': p, 'fewer': fewer, 'macs': times[p]['macs'], 'time': faster, 'loss': None if top1 is None else base - top1, 'held': point.get('top1')})
    return found


def targets(bench, points):
    rows = []
    for name, most, least in UNTRAINED:
        kept = [p for p in points.get(name, []) if p['loss'] <= most]
        if kept:
            best = max(kept, key=lambda p: p['fewer'])
            rows.append([name, f'{most}', f'{least:.2f}', best['name'], f"{best['fewer']:.2f}", f"{best['time']:.2f}", f"{best['loss']:+.2f}",
                         bench.verdict(best['fewer'] >= least, f"{name} within {most}: {best['fewer']:.2f} of {least}"), bench.verdict(best['time'] >= least, f"{name} within {most}: time {best['time']:.2f} of {least}")])
    if rows:
        bench.write('What is to be had without training:', '')
        bench.table(['network', '>points lost, at most', '>speed-up, at least', 'point', '>fewer MAC', '>measured', '>loss', 'met by MAC', 'met by time'], rows)
    rows = []
    for name in WIDE:
        for p in points.get(name, [])[1:]:
            share = 100 * p['time'] / p['fewer']
            rows.append([name, p['name'], f"{p['fewer']:.2f}", f"{p['time']:.2f}", f'{share:.0f}', bench.verdict(share >= LEAST_OF_MACS, f"{name} {p['name']}: {share:.0f} % of the multiplications saved")])
    if rows:
        bench.write(f'How much of the saved multiplications is saved time, networks of wide layers (at least {LEAST_OF_MACS} %):', '')
        bench.table(['network', 'point', '>fewer MAC', '>measured', '>%', 'met'], rows)


def recovered(bench, points, grids):
    """Beside random grids in all layers that need at least as many multiplications."""
    rows = []
    for name in RESIDUAL:
        for p in points.get(name, [])[1:]:
            dense = points[name][0]['held']
            dearer = [g for g in grids[name] if g['macs'] >= 0.99 * p['macs']]
            if not dearer:
                continue
            grid = min((g for g in dearer if g['macs'] <= 1.01 * min(d['macs'] for d in dearer)), key=lambda g: dense - g['top1'])
            share = 100 * (1 - (dense - p['held']) / (dense - grid['top1']))
            rows.append([name, p['name'], f"{p['macs'] / 1e6:.1f}", f"{dense - p['held']:+.2f}", grid['name'], f"{grid['macs'] / 1e6:.1f}", f"{dense - grid['top1']:+.2f}", f'{share:.0f}',
                         bench.verdict(share >= LEAST_RECOVERED, f"{name} {p['name']}: {share:.0f} % of the grid's loss recovered")])
    if rows:
        bench.write(f"Residual networks beside random grids that need no fewer multiplications, on the held-back pictures: how much of the grid's loss the search recovers (at least {LEAST_RECOVERED} %):", '')
        bench.table(['network', 'point', '>MMAC', '>loss', 'beside', '>MMAC', '>loss', '>recovered %', 'met'], rows)


def network_estimates(bench):
    bench.write('### Networks, estimated for arm64', '', 'The same bundles, one inference: instruction counts times a scheduling model of the core, data in L1.', '')
    rows, bundles = [], [f'artifacts/bundles/{name}.tuned.edge' for name in bench.models(ESTIMATED)]
    for bundle in bundles:
        points = bench.json('tools/bench-arm', bundle, '--json', inputs=[bundle])['models']
        dense = points[0]
        for p in points:
            cells = [p['model'].removesuffix('.tuned'), p['point'], f"{p['macs'] / 1e6:.1f}", f"{dense['macs'] / p['macs']:.2f}"]
            for cpu in ('a76', 'a72'):
                cells += [f"{p['cpus'][cpu]['cycles'] / 1e6:.2f}", f"{dense['cpus'][cpu]['cycles'] / p['cpus'][cpu]['cycles']:.2f}"]
            rows.append(cells)
    bench.commands('tools/bench-arm ' + ' '.join(bundles))
    bench.table(['network', 'point', '>MMAC', '>fewer MAC', *(f'>{c} {u}' for c in ('A76', 'A72') for u in ('M cycles', 'speed-up'))], rows)


def shapes(bench):
    bench.write('### AlexNet and VGG-16', '', 'Random weights, so only times mean something: grid masks, points of the paper, all measured in turn, one thread. '
                'Fully connected layers take the time of reading their weights once, at every point; "without" is the network without them.', '')
    commands, rows = [], []
    for name, side in SHAPES.items():
        dense, pack = bench.pack_fast(name)
        spec, bundle = f'artifacts/models/{name}.noise.json', f'artifacts/bundles/{name}.speed.tuned.edge'
        with open(bench.path(spec), 'w') as file:
            json.dump(input_of(side), file)
        tune = [PACKER, 'tune', dense, '--input-spec', spec, '--data', '../shared/images/imagenet-calibration', '--limit', '6', '--objective', 'macs', '--mask', 'grid', '--points', '2x,3x,4x', '-o', bundle]
        bench.json(*tune, '--json', inputs=[dense])
        commands += [pack, ' '.join(tune)]
        points = bench.json(EDGERT, 'bench', bundle, '--point', 'all', '--threads', '1', '--runs', '20', '--json', inputs=[bundle])['results']
        for p in points:
            # Layers with one row: their time is that of reading their weights once, and no mask saves any of it.
            steps = bench.json(EDGERT, 'profile', bundle, '--point', p['point'], '--threads', '1', '--runs', '20', '--json', inputs=[bundle])['steps']
            whole, rest = sum(s['median_ms'] for s in steps), sum(s['median_ms'] for s in steps if s['rows'] > 1)
            if p is points[0]:
                dense_rest, dense_macs = rest, sum(s['macs'] for s in steps if s['rows'] > 1)
            fewer = dense_macs / sum(s['macs'] for s in steps if s['rows'] > 1)
            rows.append([name, p['point'], f"{p['macs'] / 1e6:.0f}", f"{points[0]['macs'] / p['macs']:.2f}", f"{p['median_ms']:.2f}", f"{points[0]['median_ms'] / p['median_ms']:.2f}", f'{whole - rest:.2f}',
                         f'{fewer:.2f}', f'{dense_rest / rest:.2f}', f'{100 * dense_rest / rest / fewer:.0f}'])
    bench.commands(*commands, f'{EDGERT} bench BUNDLE --point all --threads 1', f'{EDGERT} profile BUNDLE --point POINT --threads 1')
    bench.table(['network', 'point', '>MMAC', '>fewer MAC', '>ms', '>speed-up', '>fully connected ms', '>fewer MAC without', '>speed-up without', '>%'], rows)


def search_time(bench):
    """A search of its own, since figures of the others may be from a run before."""
    command = [PACKER, 'tune', bench.model(SEARCHED), '--data', *DATA['imagenet'], '--objective', 'macs', '--points', POINTS, '-o', f'artifacts/bundles/{SEARCHED}.timed.edge']
    start = time.monotonic()
    bench.run(*command, '--json')
    minutes = (time.monotonic() - start) / 60
    bench.write('### Search time', '', 'From the ONNX file to the bundle with its points, 1,000 pictures, two cores.', '')
    bench.commands(' '.join(command))
    bench.table(['network', '>minutes', '>at most', 'met'], [[SEARCHED, f'{minutes:.1f}', f'{MOST_MINUTES}', bench.verdict(minutes <= MOST_MINUTES, f'search of {SEARCHED}: {minutes:.1f} minutes')]])


def input_of(side):
    return {'input': {'width': side, 'height': side, 'color': 'rgb', 'scale': 1 / 255, 'mean': [0.5, 0.5, 0.5], 'std': [0.25, 0.25, 0.25], 'resize': 'stretch'}, 'task': 'other'}


def make_layer(path, channels, outputs, side):
    if os.path.exists(path):
        return
    import subprocess
    os.makedirs(os.path.dirname(path), exist_ok=True)
    subprocess.run(['/usr/bin/python3', '-c', LAYER, path, str(channels), str(outputs), str(side)], check=True)
    with open(path[:-5] + '.json', 'w') as file:
        json.dump(input_of(side), file)


# Debian's onnx package belongs to the system's Python.
LAYER = '''
import sys, numpy as np, onnx
from onnx import helper as h, numpy_helper as n, TensorProto as t
path, c, o, s = sys.argv[1], *map(int, sys.argv[2:])
r = np.random.default_rng(1)
w = lambda name, *shape: n.from_array((r.standard_normal(shape) * (2 / np.prod(shape[1:])) ** 0.5).astype(np.float32), name)
g = h.make_graph([h.make_node('Conv', ['x', 'w1'], ['a']), h.make_node('Relu', ['a'], ['b']), h.make_node('Conv', ['b', 'w2'], ['c'], pads=[1, 1, 1, 1], name='layer'),
                  h.make_node('Relu', ['c'], ['d']), h.make_node('GlobalAveragePool', ['d'], ['e']), h.make_node('Flatten', ['e'], ['y'])], 'layer',
                 [h.make_tensor_value_info('x', t.FLOAT, [1, 3, s, s])], [h.make_tensor_value_info('y', t.FLOAT, [1, o])], [w('w1', c, 3, 1, 1), w('w2', o, c, 3, 3)])
m = h.make_model(g, opset_imports=[h.make_opsetid('', 13)])
m.ir_version = 7
onnx.save(m, path)
'''
