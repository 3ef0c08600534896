// Puts the real programs that the tests talk to on this machine: OpenSSH's sshd, nginx,
// gnome-keyring, age, cloud-init; tools that look on: curl, tmux, inotifywait; and tools that let the machine fail: strace, unshare.
// Does nothing when they are all there; on Debian and Ubuntu installs what is missing, elsewhere says what to install.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NEEDED = [
  { program: 'sshd', package: 'openssh-server' },
  { program: 'ssh-keygen', package: 'openssh-client' },
  { program: 'nginx', package: 'nginx-light' },
  { program: 'openssl', package: 'openssl' },
  { program: 'age', package: 'age' },
  { program: 'gnome-keyring-daemon', package: 'gnome-keyring' },
  { program: 'secret-tool', package: 'libsecret-tools' },
  { program: 'dbus-run-session', package: 'dbus-daemon' },
  { program: 'cloud-init', package: 'cloud-init' },
  { program: 'curl', package: 'curl' },
  { program: 'tmux', package: 'tmux' },
  { program: 'inotifywait', package: 'inotify-tools' },
  { program: 'strace', package: 'strace' },
  { program: 'unshare', package: 'util-linux' },
];

/** Tests that need them are skipped without them. */
const WANTED = [{ program: 'prometheus', package: 'prometheus' }];

const missing = NEEDED.filter(({ program }) => !isInstalled(program));
if (missing.length > 0) install(missing.map((entry) => entry.package));
const wanted = WANTED.filter(({ program }) => !isInstalled(program));
if (wanted.length > 0) installIfPossible(wanted.map((entry) => entry.package));

function isInstalled(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function install(packages) {
  const command = ['apt-get', 'install', '-y', '--no-install-recommends', ...packages];
  const asRoot = process.getuid?.() === 0 ? command : ['sudo', '-n', ...command];
  if (!existsSync('/usr/bin/apt-get')) {
    fail(`these packages are missing (Debian's names): ${packages.join(' ')}`);
  }
  console.log(`installing what the tests need: ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const update = asRoot.slice(0, asRoot.indexOf('apt-get') + 1).concat('update');
  for (const [program, ...args] of [update, asRoot]) {
    const result = spawnSync(program, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    if (result.status !== 0) fail(`this failed: ${[program, ...args].join(' ')}`);
  }
}

function installIfPossible(packages) {
  if (!existsSync('/usr/bin/apt-get')) return;
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...packages];
  const [program, ...args] = process.getuid?.() === 0 ? install : ['sudo', '-n', ...install];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status } = spawnSync(program, args, { env, stdio: 'ignore' });
  if (status !== 0) console.log(`not to be had, so their tests are skipped: ${packages.join(' ')}`);
}

function fail(reason) {
  console.error(`The tests need real servers to talk to, and ${reason}`);
  process.exit(1);
}
