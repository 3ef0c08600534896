// Packs what npm installs: dist/ with a manifest of its own, in which everything written in JavaScript is bundled. Two
// packs of one commit are the same, byte for byte. Prints the path of the tarball. Argument: the folder it goes to.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const STAGE = join(ROOT, 'build/package');
/** Fields of the root's manifest for the checkout alone. */
const NOT_INSTALLED = new Set(['dependencies', 'devDependencies', 'overrides', 'scripts']);
const [target = ROOT] = process.argv.slice(2);

mkdirSync(resolve(target), { recursive: true });
rmSync(STAGE, { recursive: true, force: true });
mkdirSync(STAGE, { recursive: true });
for (const name of ['dist', 'man', 'README.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md', 'docs'])
  cpSync(join(ROOT, name), join(STAGE, name), { recursive: true, filter: isPacked });
writeFileSync(join(STAGE, 'package.json'), `${JSON.stringify(manifest(), undefined, 2)}\n`);
const packed = execFileSync(
  'npm',
  ['pack', '--json', '--ignore-scripts', '--pack-destination', resolve(target)],
  {
    cwd: STAGE,
    encoding: 'utf8',
  },
);
console.log(join(resolve(target), JSON.parse(packed)[0].filename));

/** README shows the pictures as SVG; as PNG they would be half of the package. */
function isPacked(path) {
  return !path.endsWith('.png');
}

/** Of the root's manifest what an installed program needs: no script, and the credential store's binding as the one dependency. */
function manifest() {
  const root = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const kept = Object.entries(root).filter(([name]) => !NOT_INSTALLED.has(name));
  return {
    ...Object.fromEntries(kept),
    optionalDependencies: { keytar: root.dependencies.keytar },
  };
}
