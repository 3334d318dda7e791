"""Fine-tuning: perforated points trained together, beside the dense network and the simple ways trained as long."""
from common import EDGERT, PACKER, PICTURES

CIFAR = ['../shared/images/cifar10-train.tar']
IMAGENET = ['../shared/images/imagenet-calibration']
# network: (pictures to search with, points, pictures to train with, options of the training, simple ways to compare with).
NETWORKS = {
    'cifar10_nin': ([*CIFAR, '--limit', '3000'], '2.2x,3.1x,4.2x', CIFAR, ['--epochs', '4', '--learning-rate', '0.004'], [('smaller-input', 0.66), ('fractional-stride', 0.45)]),
    'cifar10_resnet20': ([*CIFAR, '--limit', '3000'], '1.55x,2x,3x', CIFAR, ['--epochs', '8', '--learning-rate', '0.003'], [('smaller-input', 0.8), ('smaller-input', 0.7), ('fractional-stride', 0.5)]),
    'tiny_pretrainedResnet': ([*CIFAR, '--limit', '3000'], '1.45x,2x,3x', CIFAR, ['--epochs', '8', '--learning-rate', '0.003'], [('smaller-input', 0.8), ('smaller-input', 0.7), ('fractional-stride', 0.5)]),
    'squeezenet_v1.1': (IMAGENET, '1.25x,1.4x,2x', IMAGENET, ['--epochs', '12', '--distill'], [('smaller-input', 0.85), ('smaller-input', 0.7)]),
}
FAMILY = {n: 'imagenet' if n.startswith('squeezenet') else 'cifar10' for n in NETWORKS}


def run(bench):
    bench.write('## Fine-tuning', '', 'int8, top-1 on the test pictures. All points of a bundle share one weight set, trained for all of them together. "Dense, alone" is the dense network trained as '
                'long on the same pictures by itself; every loss is against it. Speed-ups are measured, one thread, points in turn, against our own dense int8.', '')
    bench.publish('packer')
    bench.publish('edgert-x64')
    for name in bench.models(list(NETWORKS)):
        network(bench, name)


def network(bench, name):
    searched, points, shown, training, simple = NETWORKS[name]
    place = f'artifacts/finetune/{name}'
    bench.folder('artifacts/finetune')
    model, family = bench.model(name), FAMILY[name]
    top1 = lambda bundle, point: bench.json(PACKER, 'eval', bundle, '--point', point, '--images', PICTURES[family], *bench.limit(), '--json', inputs=[bundle])['top1']
    tune = [PACKER, 'tune', model, '--data', *searched, '--objective', 'macs', '--points', points, '-o', f'{place}.edge']
    joint = [PACKER, 'finetune', f'{place}.edge', '--data', *shown, *training, '--joint', '-o', f'{place}.joint.edge']
    alone = [PACKER, 'finetune', f'{place}.edge', '--data', *shown, *training, '--point', 'dense', '-o', f'{place}.dense.edge']
    bench.json(*tune, '--json', inputs=[model])
    bench.json(*joint, '--json', inputs=[f'{place}.edge'])
    bench.json(*alone, '--json', inputs=[f'{place}.edge'])
    commands = [' '.join(c) for c in (tune, joint, alone)]
    reference = top1(f'{place}.dense.edge', 'dense')
    times = bench.json(EDGERT, 'bench', f'{place}.joint.edge', '--point', 'all', '--threads', '1', '--runs', '200', '--json', inputs=[f'{place}.joint.edge'])['results']
    dense = times[0]
    rows = [['dense, alone', f"{dense['macs'] / 1e6:.1f}", '1.00', '1.00', f"{top1(f'{place}.edge', 'dense'):.2f}", f'{reference:.2f}', '–']]
    for t in times:
        trained = top1(f'{place}.joint.edge', t['point'])
        rows.append([t['point'], f"{t['macs'] / 1e6:.1f}", f"{dense['macs'] / t['macs']:.2f}", f"{dense['median_ms'] / t['median_ms']:.2f}", f"{top1(f'{place}.edge', t['point']):.2f}",
                     f'{trained:.2f}', f'{reference - trained:+.2f}'])
    for kind, share in simple:
        start, end = (f'{place}.{kind}-{share}{more}.edge' for more in ('', '.trained'))
        calibration = [searched[0], '--limit', '500']
        make = [PACKER, 'baseline', model, '--kind', kind, '--share', str(share), '--calibration', *calibration, '-o', start]
        made = bench.json(*make, '--json', inputs=[model])
        train = [PACKER, 'finetune', start, '--data', *shown, *training, '--point', made['point'], '-o', end]
        bench.json(*train, '--json', inputs=[start])
        commands += [' '.join(make), ' '.join(train)]
        # In turn with the dense network, each run a few times, the best of each.
        best = {}
        for round_ in range(3):
            for bundle, point in ((f'{place}.joint.edge', 'dense'), (end, made['point'])):
                ms = bench.json(EDGERT, 'bench', bundle, '--point', point, '--threads', '1', '--runs', str(100 + round_), '--json', inputs=[bundle])['results'][0]['median_ms']
                best[bundle] = min(best.get(bundle, ms), ms)
        trained = top1(end, made['point'])
        rows.append([f'{kind} {share}', f"{made['macs'] / 1e6:.1f}", f"{dense['macs'] / made['macs']:.2f}", f"{best[f'{place}.joint.edge'] / best[end]:.2f}", f"{top1(start, made['point']):.2f}",
                     f'{trained:.2f}', f'{reference - trained:+.2f}'])
    bench.write(f'### {name}', '')
    bench.commands(*commands, f'{PACKER} eval BUNDLE --point POINT --images {PICTURES[family]}', f'{EDGERT} bench BUNDLE --point all --threads 1')
    bench.table(['network', '>MMAC', '>fewer MAC', '>speed-up', '>untrained top-1 %', '>trained', '>loss'], rows)
