"""What the sections share: running programs, keeping their answers, writing Markdown."""
import hashlib, json, os, platform, re, shlex, subprocess, sys
from typing import NamedTuple

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
PACKER = 'artifacts/packer/modelpacker'
EDGERT = 'artifacts/edgert-x64/edgert'
EDGERT_ARM = 'artifacts/edgert-arm64/edgert'
CLASSIFIERS = {
    'squeezenet_v1.1': 'imagenet', 'mobilenet_v2_1.0_224.fp32': 'imagenet',
    'cifar10_nin': 'cifar10', 'cifar10_resnet20': 'cifar10', 'cifar10_resnet56': 'cifar10', 'tiny_pretrainedResnet': 'cifar10',
}
QUANTISED = {'mobilenet_v2_1.0_224.qdq': 'imagenet', 'tiny_pretrainedResnet_quant.qdq': 'cifar10'}
DETECTORS = {'ultraface_RFB-320': 'imagenet', 'yolo-fastest-1.1': 'imagenet'}
PICTURES = {'imagenet': '../shared/images/imagenet-val-dev', 'cifar10': '../shared/images/cifar10-test-dev.tar'}
CALIBRATION = {'imagenet': ['../shared/images/imagenet-calibration', '--limit', '200'], 'cifar10': ['../shared/images/cifar10-train.tar', '--limit', '500']}


class Bench:
    """Runs programs from the root of the checkout and collects the Markdown of one section."""

    def __init__(self, options):
        self.options, self.missed = options, []
        self._published, self._lines, self._section, self._store = set(), [], '', ''

    def path(self, relative):
        return os.path.join(ROOT, relative)

    def folder(self, relative):
        os.makedirs(self.path(relative), exist_ok=True)

    def begin(self, section):
        self._section, self._lines = section, []
        self._store = self.path(f'artifacts/results/{section}')
        os.makedirs(self._store, exist_ok=True)
        self.folder('artifacts/bundles')

    def text(self):
        return '\n'.join(self._lines).strip() + '\n'

    def write(self, *lines):
        self._lines += lines

    def commands(self, *lines):
        self.write('```', *lines, '```', '')

    def table(self, head, rows):
        """Columns whose head starts with '>' are right-aligned."""
        self.write('| ' + ' | '.join(h.lstrip('>') for h in head) + ' |', '|' + '|'.join('---:' if h[0] == '>' else '---' for h in head) + '|')
        self.write(*('| ' + ' | '.join(row) + ' |' for row in rows), '')

    def verdict(self, met, what):
        """A cell that says whether a target is met."""
        if not met:
            self.missed.append(f'{self._section}: {what}')
        return 'yes' if met else '**no**'

    def models(self, names):
        wanted = self.options.models.split(',') if self.options.models else names
        return [n for n in names if n in wanted]

    def run(self, *command):
        """stdout of a command; the script ends where it fails."""
        print('+ ' + shlex.join(command), file=sys.stderr, flush=True)
        result = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        if result.returncode:
            print(f"error: '{shlex.join(command)}' ended with {result.returncode}; its message is above.", file=sys.stderr)
            sys.exit(result.returncode)
        return result.stdout

    def json(self, *command, inputs=()):
        """JSON that a command prints. With --resume an answer is used again while the command and the files it reads are the same."""
        digest = hashlib.sha256('\0'.join(command).encode())
        for file in inputs:
            with open(self.path(file), 'rb') as stream:
                digest.update(hashlib.file_digest(stream, 'sha256').digest() if hasattr(hashlib, 'file_digest') else stream.read())
        kept = os.path.join(self._store, digest.hexdigest()[:24] + '.json')
        if self.options.resume and os.path.exists(kept):
            with open(kept) as file:
                return json.load(file)
        answer = json.loads(self.run(*command))
        with open(kept, 'w') as file:
            json.dump(answer, file)
        return answer

    def publish(self, what):
        """Publishes 'packer', 'edgert-x64' or 'edgert-arm64' once; returns the command."""
        project = 'src/ModelPacker' if what == 'packer' else 'src/EdgeRuntime.Cli'
        rid = [] if what == 'packer' else ['-r', what.replace('edgert', 'linux')]
        command = ['dotnet', 'publish', project, '-c', 'Release', *rid, '-o', f'artifacts/{what}']
        if what not in self._published:
            self.run(*command, '--nologo', '-v', 'quiet')
            self._published.add(what)
        return shlex.join(command)

    def model(self, name):
        """Path of a model of the reference data, or of one with random weights, which is then made."""
        path = f'../shared/models/{name}.onnx'
        if os.path.exists(self.path(path)):
            return path
        path = f'artifacts/models/{name}.onnx'
        if not os.path.exists(self.path(path)):
            self.run('/usr/bin/python3', '../shared/tools/bench-models.py', 'artifacts/models', name)
        return path

    def pack(self, name, target, *how):
        """Packs a model unless the bundle is newer than the model, the packer and no option has changed; returns the command."""
        model = self.model(name)
        command = [PACKER, 'pack', model, *how, '-o', target]
        note = self.path(target + '.command')
        os.makedirs(os.path.dirname(note), exist_ok=True)
        packer = self.path('artifacts/packer/modelpacker.dll')
        fresh = os.path.exists(note) and os.path.exists(self.path(target)) and open(note).read() == shlex.join(command) \
            and os.path.getmtime(note) > max(os.path.getmtime(packer), os.path.getmtime(self.path(model)))
        if not fresh:
            self.run(*command, '--json')
            with open(note, 'w') as file:
                file.write(shlex.join(command))
        return shlex.join(command)

    def pack_int8(self, name, family):
        target = f'artifacts/bundles/{name}.edge'
        return target, self.pack(name, target, '--calibration', *CALIBRATION[family])

    def pack_fast(self, name):
        """An int8 bundle calibrated on noise: right in speed and size, wrong in its answers."""
        target = f'artifacts/bundles/{name}.speed.edge'
        return target, self.pack(name, target, '--calibration', 'random', '--method', 'minmax', '--equalize', 'off')

    def limit(self):
        return ['--limit', str(self.options.limit)] if self.options.limit else []


class Speed(NamedTuple):
    """Multiplications, and milliseconds."""
    macs: float
    ms: float


def in_turn(bench, networks, edgert=EDGERT, rounds=21):
    """Speeds of (bundle, point) pairs on one thread: run in turn, a few times, the best median of each."""
    found = [None] * len(networks)
    for round_ in range(rounds):
        for i, (bundle, point) in enumerate(networks):
            # The number of runs tells the rounds apart where answers are kept; one that was timed beside other bundles, on another day, is no answer here.
            ran = bench.json(edgert, 'bench', bundle, '--point', point, '--threads', '1', '--runs', str(200 + round_), '--json', inputs=[b for b, _ in networks])['results'][0]
            found[i] = Speed(ran['macs'], min(ran['median_ms'], found[i].ms if found[i] else float('inf')))
    return found


class Document:
    """docs/results.md: a head, then one marked part per section, in a fixed order."""

    def __init__(self, path, sections):
        self._path, self._sections, self._parts = path, sections, {}
        if os.path.exists(path):
            with open(path) as file:
                for name, text in re.findall(r'<!-- section (\w+) -->\n(.*?)<!-- end -->\n', file.read(), re.S):
                    self._parts[name] = text

    def replace(self, name, text):
        self._parts[name] = f'{text}\n*Measured on: {machine()}.*\n'

    def save(self):
        head = ('# Results\n\nMade by `tools/results`; every figure stands below the command that makes it. Commands run in the root of the checkout,\n'
                'with the reference data (models, pictures, operator cases) in `../shared`. One section again: `tools/results --only NAME`.\n')
        with open(self._path, 'w') as file:
            file.write(head)
            for name in self._sections:
                if name in self._parts:
                    file.write(f'\n<!-- section {name} -->\n{self._parts[name]}<!-- end -->\n')


def machine():
    """CPU, cores, system and SDK."""
    info, flags = '', set()
    if os.path.exists('/proc/cpuinfo'):
        with open('/proc/cpuinfo') as file:
            text = file.read()
        found = re.search(r'model name\s*: (.*)', text)
        info = found.group(1) if found else platform.machine()
        flags = set(re.search(r'flags\s*: (.*)', text).group(1).split()) if 'flags' in text else set()
    known = [n for f, n in (('avx2', 'AVX2'), ('avx_vnni', 'AVX-VNNI'), ('avx512f', 'AVX-512'), ('avx512_vnni', 'AVX512-VNNI')) if f in flags]
    sdk = subprocess.run(['dotnet', '--version'], stdout=subprocess.PIPE, text=True).stdout.strip()
    system = platform.freedesktop_os_release().get('PRETTY_NAME', platform.system())
    return f"{info} ({', '.join(known)}), {os.cpu_count()} cores, {system}, .NET SDK {sdk}"
