"""int8 against fp32: top-1, and how often both give the same answer."""
from common import CLASSIFIERS, PACKER, PICTURES, QUANTISED

TOP1_LOSS = {'mobilenet_v2_1.0_224.fp32': 1.0}
# Agreement with fp32 of ONNX Runtime's static quantisation (min-max), from ../shared/models/README.md.
ORT_AGREEMENT = {'squeezenet_v1.1': 97.08, 'mobilenet_v2_1.0_224.fp32': 96.15, 'cifar10_nin': 98.86, 'cifar10_resnet20': 98.56,
                 'cifar10_resnet56': 98.56, 'tiny_pretrainedResnet': 97.42}
QDQ_AGREEMENT = 99.0


def run(bench):
    bench.write('## Accuracy of int8 bundles', '', 'Bundles run on the very code that ships, fp32 in ONNX Runtime, on pictures that took no part in calibration. '
                'Agreement: how often int8 and fp32 put the same class first.', '')
    commands, rows = [bench.publish('packer')], []
    for name in bench.models(CLASSIFIERS):
        family = CLASSIFIERS[name]
        bundle, packing = bench.pack_int8(name, family)
        int8, command = evaluate(bench, bundle, family, '--against', bench.model(name))
        fp32, reference = evaluate(bench, bench.model(name), family)
        commands += [packing, command, reference]
        loss, most, least = fp32['top1'] - int8['top1'], TOP1_LOSS.get(name, 0.5), ORT_AGREEMENT[name]
        rows.append([name, str(int8['n']), f"{fp32['top1']:.2f}", f"{int8['top1']:.2f}", f'{loss:+.2f}', f'{most:.1f}', bench.verdict(loss <= most, f'{name} top-1 loss {loss:.2f}'),
                     f"{int8['agreement']:.2f}", f'{least:.2f}', bench.verdict(round(int8['agreement'], 2) >= least, f"{name} agreement {int8['agreement']:.2f} < {least}"),
                     f"{int8['cosine']:.5f}"])
    bench.commands(*commands)
    bench.table(['model', '>pictures', '>fp32 top-1 %', '>int8 top-1 %', '>loss', '>at most', 'met', '>agreement %', '>ORT static int8 %', 'at least ORT', '>cosine'], rows)
    quantised(bench)


def quantised(bench):
    bench.write('### Models that come quantised', '', 'They keep their own scales; compared with ONNX Runtime running the same file.', '')
    commands, rows = [], []
    for name in bench.models(QUANTISED):
        family = QUANTISED[name]
        bundle, packing = bench.pack_int8(name, family)
        result, command = evaluate(bench, bundle, family, '--against', bench.model(name))
        commands += [packing, command]
        rows.append([name, str(result['n']), f"{result['top1']:.2f}", f"{result['agreement']:.2f}", f'{QDQ_AGREEMENT:.0f}',
                     bench.verdict(result['agreement'] >= QDQ_AGREEMENT, f"{name} agreement {result['agreement']:.2f}"), f"{result['cosine']:.5f}"])
    bench.commands(*commands)
    bench.table(['model', '>pictures', '>top-1 %', '>agreement %', '>at least', 'met', '>cosine'], rows)


def evaluate(bench, model, family, *more):
    command = [PACKER, 'eval', model, '--images', PICTURES[family], *more, *bench.limit(), '--json']
    return bench.json(*command, inputs=[model]), ' '.join(command)
