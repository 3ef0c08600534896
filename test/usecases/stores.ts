import { join } from 'node:path';
import { systemClock } from '../../src/core/time.js';
import {
  chooseKeystore,
  type ChosenKeystore,
} from '../../src/services/keystore/choose-keystore.js';
import { FakeKeystore } from '../app/fakes/fake-keystore.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { brokenStore } from '../screens/fixtures/stores.js';

export const PASSPHRASE = 'orbit-candle-mustard-fjord';
export const NEWER = 'velvet-sixteen-harbour-lynx';

export interface TestStores {
  /** `~/.portlama`, in a folder of its own. */
  readonly home: string;
  readonly stores: ChosenKeystore;
  readonly os: FakeKeystore;
}

/** The real choice of stores, with a vault that takes little work; it is locked, as another program left it. */
export async function chosenStores(
  vault: 'none' | 'locked',
  store: 'works' | 'broken' = 'works',
): Promise<TestStores> {
  const home = join(await temporaryFolder(), 'portlama');
  const os = store === 'works' ? new FakeKeystore() : brokenStore();
  const options = { home, clock: systemClock, os, wish: 'auto', workFactor: 6 } as const;
  if (vault === 'locked') await chooseKeystore(options).createVault(PASSPHRASE);
  return { home, os, stores: chooseKeystore(options) };
}
