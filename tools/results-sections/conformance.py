"""Operator conformance in sums; the table by operator is docs/conformance.md."""

import re

# The operators that the importer promises, with float (or QLinear) data; cases with data of other types are another matter.
PROMISED = set("""Conv ConvTranspose Gemm MatMul MaxPool AveragePool GlobalAveragePool GlobalMaxPool Relu Clip LeakyRelu PRelu Sigmoid HardSigmoid HardSwish Tanh Elu Exp Softmax
BatchNormalization LRN Concat Add Sub Mul Div Flatten Reshape Squeeze Unsqueeze Transpose Slice Split Pad Resize Dropout Identity Cast Shape Gather Constant ReduceMean QuantizeLinear
DequantizeLinear QLinearConv""".split())
OTHER_DATA = re.compile('element type|it casts|another precision|makes another type|too many elements|needs .* elements but has 0')
LEAST_SHARE = 95

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
    float_cases = [c for c in answer['cases'] if c['operator'] in PROMISED and not (c['outcome'] != 'passed' and OTHER_DATA.search(c['reason']))]
    outcomes = {o: sum(c['outcome'] == o for c in float_cases) for o in ('passed', 'constant', 'refused')}
    share = 100 * (outcomes['passed'] + outcomes['constant']) / len(float_cases)
    bench.write('The operators that a user may expect (convolutional networks), cases with float or QLinear data. Refused with a message: training modes, second outputs of Dropout, three kinds of Resize. '
                '"Constant" cases give right answers when all their inputs are known while packing (empty tensors, indices of Gather, second outputs of MaxPool).', '')
    bench.table(['cases', '>passed', '>constant', '>refused', '>right %', '≥ 95 %'], [[str(len(float_cases)), *(str(v) for v in outcomes.values()), f'{share:.1f}',
                bench.verdict(share >= LEAST_SHARE, f'{share:.1f} % of the expected operators')]])
