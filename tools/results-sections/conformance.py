"""Operator conformance in sums; the table by operator is docs/conformance.md."""

ARCHIVE = '../shared/conformance/onnx-v1.22.0-cnn.tar.gz'


def run(bench):
    command = ['tools/conformance', ARCHIVE, '--markdown', 'docs/conformance.md', '--json']
    answer = bench.json(*command, inputs=[ARCHIVE])
    bench.write('## Operator conformance', '', "The ONNX project's own operator tests, through import, lowering, an fp32 bundle and a session. By operator: [conformance.md](conformance.md).", '')
    bench.commands(' '.join(command))
    totals = {key: answer[key] for key in ('passed', 'constant', 'refused', 'failed')}
    total = sum(totals.values())
    bench.table(['cases', '>passed', '>constant', '>refused', '>failed', 'none wrong'],
                [[str(total), *(str(v) for v in totals.values()), bench.verdict(totals['failed'] == 0, f"{totals['failed']} cases fail")]])
