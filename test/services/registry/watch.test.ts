import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../../src/core/time.js';
import type { RegistrySnapshot } from '../../../src/services/registry/registry.js';
import { createRegistry } from '../../../src/services/registry/registry-file.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';
import { serverEntry } from './server-entry.js';

const A = serverEntry({ id: 'a', label: 'a' });
const B = serverEntry({ id: 'b', label: 'b' });
const WITHIN = { timeout: 10_000, interval: 20 };

async function setUp(content?: string) {
  const home = join(await temporaryFolder(), 'home');
  const registry = createRegistry({ home, clock: systemClock });
  if (content !== undefined) {
    await mkdir(home);
    await writeFile(registry.path, content);
  }
  const seen: RegistrySnapshot[] = [];
  const subscription = registry.onChange((snapshot) => seen.push(snapshot));
  await registry.list();
  const watch = registry.watch();
  onTestFinished(() => {
    watch.dispose();
    subscription.dispose();
  });
  const labels = () => seen.at(-1)?.servers?.map((entry) => entry.label);
  return { home, registry, seen, watch, labels };
}

describe('watching servers.json', () => {
  it('shows a file that another program writes in place, and one that it renames into place', async () => {
    const { registry, labels } = await setUp('[]');
    await writeFile(registry.path, JSON.stringify([A]));
    await vi.waitFor(() => expect(labels()).toEqual(['a']), WITHIN);
    await writeFile(`${registry.path}.new`, JSON.stringify([A, B]));
    await rename(`${registry.path}.new`, registry.path);
    await vi.waitFor(() => expect(labels()).toEqual(['a', 'b']), WITHIN);
  });

  it('shows our own changes too, in a folder that is made later', async () => {
    const { registry, labels } = await setUp();
    await registry.save(A);
    await vi.waitFor(() => expect(labels()).toEqual(['a']), WITHIN);
  });

  it('shows that the file is gone, and that it is broken, and that it is good again', async () => {
    const { registry, seen, labels } = await setUp(JSON.stringify([A]));
    await writeFile(registry.path, '[{');
    await vi.waitFor(() => expect(seen.at(-1)?.error).toBeInstanceOf(Error), WITHIN);
    await rm(registry.path);
    await vi.waitFor(() => expect(labels()).toEqual([]), WITHIN);
    await writeFile(registry.path, JSON.stringify([B]));
    await vi.waitFor(() => expect(labels()).toEqual(['b']), WITHIN);
  });

  it('misses nothing between the first look and the watch', async () => {
    const home = await temporaryFolder();
    const registry = createRegistry({ home, clock: systemClock });
    await writeFile(registry.path, JSON.stringify([A]));
    await registry.list();
    await writeFile(registry.path, JSON.stringify([A, B]));
    const counts: (number | undefined)[] = [];
    registry.onChange((snapshot) => counts.push(snapshot.servers?.length));
    const watch = registry.watch();
    onTestFinished(() => watch.dispose());
    await vi.waitFor(() => expect(counts).toEqual([2]), WITHIN);
  });

  it('is silent once disposed', async () => {
    const { registry, seen, watch } = await setUp('[]');
    watch.dispose();
    const other = createRegistry({ home: join(registry.path, '..'), clock: systemClock });
    const seenByOther: RegistrySnapshot[] = [];
    other.onChange((snapshot) => seenByOther.push(snapshot));
    const otherWatch = other.watch();
    onTestFinished(() => otherWatch.dispose());
    await systemClock.sleep(100);
    await registry.save(A);
    await vi.waitFor(() => expect(seenByOther).toHaveLength(1), WITHIN);
    expect(seen).toEqual([]);
  });
});
