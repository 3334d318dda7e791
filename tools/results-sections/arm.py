"""Estimates for the cores of a Raspberry Pi 5 and 4."""

MODELS = ['tiny_pretrainedResnet', 'cifar10_resnet20', 'cifar10_nin', 'squeezenet_v1.1', 'mobilenet_v2_1.0_224.fp32', 'resnet18', 'vgg16']
CLOCK_GHZ = {'a76': 2.4, 'a72': 1.8}


def run(bench):
    bench.write('## arm64, estimated', '', 'One inference, one thread: exact instruction counts under qemu times a scheduling model of the core; data in L1, no mispredicted branches. '
                'Boards need 1.1 to 1.4 (Pi 5) and 1.4 to 2 times (Pi 4) as long. The peers\' figures are measured the same way (`../shared/tools/armcost/PEERS.md`); '
                'squeezenet there is 224 × 224 in ONNX Runtime and 227 × 227, as here, in ncnn. ncnn\'s fp32 and fp16 use Winograd, hence more "MAC/cycle" than the core has.', '')
    rows = []
    names = bench.models(MODELS)
    for name in names:
        for r in bench.json('tools/bench-arm', '--models', name, '--json', inputs=[bench.model(name)])['models']:
            rows.append(row(r['model'], '**edgert** int8', r['macs'], {c: (v['instructions'] / 1e6, v['cycles'] / 1e6) for c, v in r['cpus'].items()}))
            for p in r['peers']:
                rows.append(row(r['model'], f"{p['engine']} {p['precision']}", p['macs'], {c: (p[c]['instructions'], p[c]['cycles']) for c in CLOCK_GHZ}))
    bench.commands('tools/bench-arm --models ' + ','.join(names))
    bench.table(['model', 'engine', '>MMAC', *(f'>{c.upper()} {u}' for c in CLOCK_GHZ for u in ('M instr.', 'M cycles', 'MAC/cycle', 'ms'))], rows)


def row(model, engine, macs, costs):
    cells = [model, engine, f'{macs / 1e6:.1f}']
    for cpu, ghz in CLOCK_GHZ.items():
        instructions, cycles = costs[cpu]
        cells += ['–'] * 4 if cycles is None else [short(instructions), short(cycles), f'{macs / cycles / 1e6:.1f}', f'{cycles / ghz:.2f}']
    return cells


def short(value):
    return f'{value:.2f}' if value < 10 else f'{value:.1f}'
