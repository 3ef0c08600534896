import { describe, expect, it } from 'vitest';
import { createSessionKeystore } from '../../../src/services/keystore/keystore.js';

describe('a store in memory', () => {
  it('keeps secrets apart by service and account, until they are deleted', async () => {
    const keystore = createSessionKeystore();
    const [a, b] = [
      { service: 'a b', account: 'c' },
      { service: 'a', account: 'b c' },
    ];
    await keystore.probe();
    await keystore.set(a, 'one');
    await keystore.set(b, 'two');
    expect([await keystore.get(a), await keystore.get(b)]).toEqual(['one', 'two']);
    expect(await keystore.delete(a)).toBe(true);
    expect(await keystore.delete(a)).toBe(false);
    expect([await keystore.get(a), await keystore.get(b)]).toEqual([undefined, 'two']);
    expect(await createSessionKeystore().get(b)).toBeUndefined();
  });
});
