"""fp32 bundles against ONNX Runtime."""
from common import CLASSIFIERS, DETECTORS, PACKER, PICTURES

MOST = 1e-3
CIFAR_LIMIT = '500'


def run(bench):
    bench.write('## fp32 bundles', '', 'Largest difference of any output from ONNX Runtime, relative to the largest output for the same picture.', '')
    commands, rows = [bench.publish('packer')], []
    for name in bench.models(list(CLASSIFIERS) + list(DETECTORS)):
        family = CLASSIFIERS.get(name) or DETECTORS[name]
        bundle = f'artifacts/bundles/{name}.fp32.edge'
        commands.append(bench.pack(name, bundle, '--precision', 'fp32'))
        limit = bench.limit() or ['--limit', '100' if family == 'imagenet' else CIFAR_LIMIT]
        command = [PACKER, 'eval', bundle, '--images', PICTURES[family], '--against', bench.model(name), *limit, '--json']
        commands.append(' '.join(command))
        result = bench.json(*command, inputs=[bundle])
        worst = result['max_relative_difference']
        rows.append([name, str(result['n']), f'{worst:.1e}', f'{MOST:.0e}', bench.verdict(worst <= MOST, f'{name} fp32 differs by {worst:.1e}')])
    bench.commands(*commands)
    bench.table(['model', '>pictures', '>largest relative difference', '>at most', 'met'], rows)
