"""The governor beside an oracle, and the energy log under kill -9."""
import re

SEEDS = 12
LINE = re.compile(r'^(\S+)-\d+ +([\d.]+) % +([\d.]+) % +([\d.]+) % +([\d.]+) % +([\d.]+)', re.M)


def run(bench):
    command = ['dotnet', 'run', '--project', 'tools/governor-sim', '-c', 'Release', '--', '--seeds', str(SEEDS)]
    text = bench.run('sh', '-c', ' '.join(command) + ' || true')
    kinds = {}
    for name, *figures in LINE.findall(text):
        kinds.setdefault(name, []).append([float(f) for f in figures])
    bench.write('## Governor', '', f'Simulated traces of {len(kinds)} kinds, {SEEDS} seeds each, beside an oracle that knows the future; the worst of the seeds. Goal: measured over wanted (a deadline: 100 % and the '
                'share of late frames), to be at most 102 % of what the oracle reaches. Answers: right ones, of the oracle\'s. What the traces are: [governor.md](governor.md#simulations).', '')
    bench.commands(' '.join(command))
    rows = []
    for name, runs in kinds.items():
        goal, reachable = max((r[0], max(r[1], 100)) for r in runs)
        answers = min(100 * r[2] / r[3] for r in runs)
        switches = max(r[4] for r in runs)
        met = all(r[0] <= 1.02 * max(r[1], 100) for r in runs) and answers >= 98 and switches <= 1
        rows.append([name, f'{goal:.1f} %', f'{answers:.1f} %', f'{switches:.2f}', bench.verdict(met, name)])
    bench.table(['trace', '>goal', ">answers of the oracle's", '>switches/s', 'met'], rows)
    bench.write('## Energy log', '', 'A process that logs as fast as it can is killed 300 times, and every time the log is read again; another one writes until its file may not grow. The tests assert 0 unreadable '
                'lines, and at most 1 record lost of those that the log had taken.', '')
    command = ['dotnet', 'test', 'tests/EdgeRuntime.Tests', '-c', 'Release', '--nologo', '--filter', 'FullyQualifiedName~AKilledProcess|FullyQualifiedName~FullDisk']
    answer = re.search(r'Passed: +(\d+)', bench.run(*command))
    bench.commands(' '.join("'" + c + "'" if '|' in c else c for c in command))
    bench.table(['tests', '>passed', 'met'], [['2', answer[1], bench.verdict(answer[1] == '2', 'energy log')]])
