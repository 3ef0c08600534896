import { existsSync } from 'node:fs';
import {
  appendFile,
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * A droplet's file tree and programs in a temporary folder, for running the real scripts. They find nothing of
 * this machine but the tools below; everything that would change a system is a fixture that writes down its call.
 */
export interface Droplet {
  readonly root: string;
  /** Where the user's files are: `root/` of the tree. */
  readonly home: string;
  /** Environment for the scripts. */
  readonly environment: Readonly<Record<string, string>>;
  /** Puts a program, a shell script without its first line, where the scripts find it first. */
  program(name: string, script: string): Promise<void>;
  removeProgram(name: string): Promise<void>;
  file(path: string, content: string): Promise<void>;
  read(path: string): Promise<string>;
  /** What fixtures were called with, one line each. */
  calls(): Promise<string[]>;
  remove(): Promise<void>;
}

const TOOLS = (
  'sh bash env cat sed awk grep tr cut head tail wc sort dirname basename stat readlink sleep timeout mkdir mv rm cp ' +
  'ln chmod dd uname base64 rmdir sha256sum tar gzip flock setsid ssh-keygen true touch'
).split(' ');

/** Says what it was called with, then does what follows. */
export function recorded(name: string, script: string): string {
  return `echo "${name} $*" >> "$PORTLAMA_ROOT/calls"\n${script}`;
}

/** A small droplet just booted: 512 MB, no swap, no Node.js, nobody holding apt's locks. */
export async function makeDroplet(): Promise<Droplet> {
  const root = await mkdtemp(join(tmpdir(), 'portlama-droplet-'));
  const programs = join(root, 'fixtures');
  const path = [programs, join(root, 'usr/bin'), join(root, 'tools')].join(':');
  const droplet: Droplet = {
    root,
    home: join(root, 'root'),
    environment: { PATH: path, PORTLAMA_ROOT: root },
    async program(name, script) {
      const file = join(programs, name);
      await rm(file, { force: true });
      await writeFile(file, `#!/bin/sh\n${script}\n`);
      await chmod(file, 0o755);
    },
    removeProgram: (name) => rm(join(programs, name), { force: true }),
    async file(name, content) {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), content);
    },
    read: (name) => readFile(join(root, name), 'utf8'),
    calls: async () => (await droplet.read('calls')).split('\n').slice(0, -1),
    remove: () => rm(root, { recursive: true, force: true }),
  };
  await layOut(droplet, programs);
  return droplet;
}

async function layOut(droplet: Droplet, programs: string): Promise<void> {
  const { root } = droplet;
  for (const folder of ['root', 'usr/bin', 'usr/local/lib', 'tools', 'var/lib/dpkg', 'run']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  await mkdir(programs);
  for (const tool of TOOLS) {
    const found = ['/usr/bin', '/bin', '/usr/sbin', '/sbin']
      .map((folder) => join(folder, tool))
      .find((file) => existsSync(file));
    if (found === undefined) throw new Error(`${tool} is not installed`);
    await symlink(found, join(root, 'tools', tool));
  }
  await droplet.file('calls', '');
  await droplet.file('proc/meminfo', 'MemTotal:         474212 kB\nMemFree:          101212 kB\n');
  await droplet.file('proc/swaps', 'Filename\tType\tSize\tUsed\tPriority\n');
  await droplet.file('proc/vmstat', 'nr_free_pages 1\noom_kill 0\n');
  await droplet.file('proc/locks', '');
  await droplet.file('etc/fstab', 'LABEL=cloudimg-rootfs / ext4 defaults 0 1\n');
  await droplet.file('etc/apt/apt.conf.d/00default', '');
  for (const lock of ['dpkg/lock-frontend', 'dpkg/lock', 'apt/lists/lock']) {
    await droplet.file(`var/lib/${lock}`, '');
  }
  await droplet.program('cloud-init', recorded('cloud-init', 'exit 0'));
  await droplet.program('fallocate', recorded('fallocate', 'for f; do :; done; : > "$f"'));
  await droplet.program('mkswap', recorded('mkswap', 'echo "Setting up swapspace version 1"'));
  await droplet.program('swapon', recorded('swapon', 'exit 0'));
  await droplet.program('curl', recorded('curl', 'exit 22'));
  await droplet.program('apt-get', recorded('apt-get', 'exit 100'));
  // As where systemd does not run.
  await droplet.program('systemctl', recorded('systemctl', 'exit 1'));
}

/** Node.js with npm, as if it came with the image. `npx` is the installer. */
export async function installNode(
  droplet: Droplet,
  npx: string,
  version = 'v20.20.2',
): Promise<void> {
  await droplet.program('node', `echo ${version}`);
  await droplet.program('npm', 'echo 10.8.2');
  await droplet.program('npx', recorded('npx', npx));
}

/** Lets a process hold one of apt's locks, as /proc shows it. */
export async function holdLock(
  droplet: Droplet,
  holder: { readonly pid: number; readonly name: string; readonly lock: string },
): Promise<void> {
  const { stat } = await import('node:fs/promises');
  const file = join(droplet.root, holder.lock);
  const { ino } = await stat(file);
  await droplet.file(`proc/${holder.pid}/comm`, `${holder.name}\n`);
  await mkdir(join(droplet.root, `proc/${holder.pid}/fd`));
  await symlink(file, join(droplet.root, `proc/${holder.pid}/fd/4`));
  await appendFile(
    join(droplet.root, 'proc/locks'),
    `1: POSIX  ADVISORY  WRITE ${holder.pid} fc:01:${ino} 0 EOF\n` +
      `1: -> POSIX  ADVISORY  WRITE 99999 fc:01:${ino} 0 EOF\n`,
  );
}

/** The installer's own output on a good day, with what npm and apt print in between. */
export const SUCCESS = `
echo "npm warn deprecated inflight@1.0.6: This module is not supported" >&2
for step in check_environment harden_system install_node generate_certs configure_nginx deploy_panel deploy_gatekeeper; do
  echo '{"event":"step","step":"'$step'","status":"running"}'
  printf 'Reading package lists... Done\\n\\033[32mok\\033[0m\\n'
  echo '{"event":"step","step":"'$step'","status":"complete"}'
done
echo '{"event":"complete","server":{"ip":"203.0.113.7","panelUrl":"https://203.0.113.7:9292","p12Path":"/etc/portlama/pki/client.p12","p12PasswordPath":"/etc/portlama/pki/.p12-password"}}'
`;
