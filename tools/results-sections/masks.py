"""The kinds of mask side by side, and what impact maps look like."""
import os, shutil

from common import PACKER, PICTURES
from finetune import adapted

NETWORK = 'cifar10_nin'
DATA = ['--data', '../shared/images/cifar10-train.tar', '--limit', '3000']
POINTS = ['2.2x', '3.1x', '4.2x']
KINDS = {'uniform': 'random sites', 'grid': 'randomly shifted grid', 'structure': 'what pooling reads most often', 'impact': 'gradient of the loss, once', 'iterative-impact': 'gradient of the loss, after every step',
         'fisher': 'effect of stand-ins on the answer', 'auto': 'the best, layer by layer'}
PICTURE = 'docs/pictures/impact-cifar10_nin.png'


def run(bench):
    bench.write('## Kinds of mask', '', f'{NETWORK}, trained on these pictures as it is (`train`) and then perforated without further training, int8: each kind with the rates that the search finds for it, top-1 % on the test pictures at equal multiplications. The first four are those of Figurnov et al., NIPS '
                '2016; a dash: out of reach, because the kind suits too few layers.', '')
    bench.publish('packer')
    bench.folder('artifacts/masks')
    before, model = adapted(bench, NETWORK)
    commands, rows = [' '.join(c) for c in before], []
    for kind, what in KINDS.items():
        out = f'artifacts/masks/{NETWORK}.{kind}.edge'
        command = [PACKER, 'tune', model, *DATA, '--objective', 'macs', '--mask', kind, '--points', ','.join(POINTS), '-o', out]
        found = bench.json(*command, '--json', inputs=[model])
        commands.append(' '.join(command))
        reached = {p['name'] for p in found['points']}
        rows.append([kind, what, *(f"{bench.json(PACKER, 'eval', out, '--point', p, '--images', PICTURES['cifar10'], *bench.limit(), '--json', inputs=[out])['top1']:.2f}" if p in reached else '–' for p in POINTS)])
    bench.commands(*commands, f"{PACKER} eval BUNDLE --point POINT --images {PICTURES['cifar10']}")
    bench.table(['kind', 'sites kept', *(f'>{p}' for p in POINTS)], rows)
    maps(bench, model)


def maps(bench, model):
    command = [PACKER, 'impact', model, *DATA, '-o', 'artifacts/masks/impact']
    bench.run(*command, '--json')
    os.makedirs(bench.path(os.path.dirname(PICTURE)), exist_ok=True)
    shutil.copy(bench.path('artifacts/masks/impact/impact.png'), bench.path(PICTURE))
    bench.write('Where the loss is sensitive, site by site, layer by layer:', '')
    bench.commands(' '.join(command))
    bench.write(f'![Impact maps of {NETWORK}](pictures/{os.path.basename(PICTURE)})', '')
