import { describe, expect, it } from 'vitest';
import { SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import { adoptDroplet } from '../../src/usecases/adopt-droplet.js';
import { changeAddress } from '../../src/usecases/change-address.js';
import { editServer } from '../../src/usecases/edit-server.js';
import { Declined } from '../../src/usecases/face.js';
import { noteServer, readNote } from '../../src/usecases/note-server.js';
import { renameServer } from '../../src/usecases/rename-server.js';
import { droplet, dropletOf } from '../app/fakes/fake-digitalocean.js';
import { certificate } from '../app/fakes/fake-panels.js';
import { EDGE, LAB, OLD_BOX } from '../app/fakes/fake-world.js';
import type { Answer } from './scripted-face.js';
import { type TestWork, testWork } from './work.js';

const ID = Number(EDGE.providerId);

function withServers(
  token: keyof typeof SANDBOX_TOKENS = 'good',
  ...answers: readonly Answer[]
): TestWork {
  const suppliedTokens = { environment: SANDBOX_TOKENS[token].token };
  const test = testWork({ servers: [EDGE, LAB, OLD_BOX], suppliedTokens }, ...answers);
  test.world.addDroplet(dropletOf(EDGE));
  return test;
}

describe('renameServer', () => {
  it('renames the entry and the droplet', async () => {
    const { work, world, face, news } = withServers();
    await renameServer('fra1-edge', 'shop', work);
    expect((await world.registry.list())[0]).toEqual({ ...EDGE, label: 'shop' });
    expect(world.account.droplets.get(ID)?.name).toBe('portlama-shop');
    expect(face.said).toEqual(['Renamed fra1-edge to shop; its droplet is portlama-shop.']);
    expect(news.map(({ kind }) => kind)).toEqual(['droplet-changed', 'servers-changed']);
  });

  it('renames the entry alone where there is no droplet', async () => {
    const { work, world, face } = withServers();
    await renameServer('old-box', 'attic', work);
    await renameServer('nyc3-lab', 'gone', work);
    expect((await world.registry.list()).map(({ label }) => label)).toEqual([
      'fra1-edge',
      'gone',
      'attic',
    ]);
    expect(face.said).toEqual(['Renamed old-box to attic.', 'Renamed nyc3-lab to gone.']);
  });

  it.each([
    ['Shop', 'label-invalid'],
    ['nyc3-lab', 'label-taken'],
    ['fra1-edge', 'label-same'],
  ])('refuses %s as %s, and renames nothing', async (label, code) => {
    const { work, world } = withServers();
    await expect(renameServer('fra1-edge', label, work)).rejects.toMatchObject({ code });
    expect(world.account.droplets.get(ID)?.name).toBe('portlama-fra1-edge');
    expect(await world.registry.list()).toEqual([EDGE, LAB, OLD_BOX]);
  });

  it('asks for the list alone where the token may not rename the droplet', async () => {
    const question = { confirm: 'Rename fra1-edge in the list only?' };
    const { work, world, face } = withServers('noUpdate', question);
    await renameServer('fra1-edge', 'shop', work);
    expect((await world.registry.list())[0]?.label).toBe('shop');
    expect(world.account.droplets.get(ID)?.name).toBe('portlama-fra1-edge');
    face.finish();
    const declined = withServers('noUpdate', { ...question, agree: false });
    await expect(renameServer('fra1-edge', 'shop', declined.work)).rejects.toThrow(Declined);
    expect((await declined.world.registry.list())[0]).toEqual(EDGE);
  });

  it('touches no droplet without the managed tag', async () => {
    const question = { confirm: 'Rename fra1-edge in the list only?', agree: false };
    const { work, world } = withServers('good', question);
    world.addDroplet({ ...dropletOf(EDGE), tags: ['production'] });
    await expect(renameServer('fra1-edge', 'shop', work)).rejects.toThrow(Declined);
    expect(world.account.droplets.get(ID)?.name).toBe('portlama-fra1-edge');
  });
});

describe('changeAddress', () => {
  const URL = 'https://panel.shop.example.com';

  it('keeps the droplet’s address, and takes the domain of the name', async () => {
    const { work, world } = withServers();
    world.panels.shown = { trust: 'public' };
    await changeAddress('fra1-edge', URL, work);
    expect((await world.registry.list())[0]).toEqual({
      ...EDGE,
      panelUrl: URL,
      domain: 'shop.example.com',
    });
  });

  it('has an unknown certificate confirmed, and pins it', async () => {
    const question = { confirm: 'Trust the certificate of old-box?', typed: 'trust' };
    const { work, world, face } = withServers('good', question);
    await changeAddress('old-box', 'https://192.0.2.10:9292', work);
    expect((await world.registry.list())[2]).toMatchObject({
      panelUrl: 'https://192.0.2.10:9292',
      ip: '203.0.113.77',
    });
    expect(world.panels.pins.get(OLD_BOX.id)).toEqual(certificate('AB'));
    face.finish();
  });

  it('asks where another certificate is pinned, and changes nothing when declined', async () => {
    const { work, world } = withServers('good', { confirm: /certificate/i, agree: false });
    await world.panels.pin(EDGE.id, certificate('CD'));
    await expect(changeAddress('fra1-edge', URL, work)).rejects.toThrow(Declined);
    expect(await world.registry.list()).toEqual([EDGE, LAB, OLD_BOX]);
    expect(world.panels.pins.get(EDGE.id)).toEqual(certificate('CD'));
  });

  it.each([
    [LAB.panelUrl, 'server-known'],
    [EDGE.panelUrl, 'server-known'],
    ['http://203.0.113.1', 'panel-url-not-https'],
  ])('refuses %s as %s before it looks there', async (url, code) => {
    const { work, world } = withServers();
    await expect(changeAddress('fra1-edge', url, work)).rejects.toMatchObject({ code });
    expect(world.panels.looked).toEqual([]);
  });
});

describe('noteServer', () => {
  it('keeps a note beside the list, never in servers.json', async () => {
    const { work, world } = withServers();
    await noteServer('fra1-edge', ' rented until May ', work);
    expect(world.serverMeta.get(EDGE.id)).toEqual({ note: 'rented until May' });
    expect((await readNote('fra1-edge', work)).note).toBe('rented until May');
    expect(await world.registry.list()).toEqual([EDGE, LAB, OLD_BOX]);
    await noteServer('fra1-edge', '', work);
    expect((await readNote('fra1-edge', work)).note).toBeUndefined();
  });

  it.each(['a\nb', 'x\u001b[2J', 'x'.repeat(501)])('refuses %j', async (text) => {
    const { work, world } = withServers();
    await expect(noteServer('fra1-edge', text, work)).rejects.toMatchObject({
      code: 'note-invalid',
    });
    expect(world.serverMeta.size).toBe(0);
  });
});

describe('editServer', () => {
  it.each([
    ['Label', { ask: 'Label', text: 'shop' }, 'Renamed fra1-edge to shop'],
    ['Note', { ask: 'Note', text: 'rented' }, 'Saved the note of fra1-edge.'],
    ['Note', { ask: 'Note', text: '-' }, 'Removed the note of fra1-edge.'],
  ])('asks for the %s', async (label, ask, said) => {
    const { work, face } = withServers('good', { choose: 'Edit fra1-edge', label }, ask);
    await editServer(EDGE.id, work);
    expect(face.said[0]).toContain(said);
    face.finish();
  });

  it('makes the records of a domain, and keeps it for the set-up', async () => {
    const choice = { choose: 'Edit fra1-edge', label: 'Domain' };
    const typed = { ask: 'Domain', text: 'lab.example.com' };
    const mail = { ask: 'E-mail for Let’s Encrypt', text: 'ops@example.com' };
    const create = { confirm: 'Create the records of lab.example.com?' };
    const { work, world, face } = withServers('domains', choice, typed, mail, create);
    world.account.zones.set('example.com', []);
    await editServer(EDGE.id, work);
    expect(face.shown.join('\n')).toContain(`will point to ${EDGE.ip}, TTL 300`);
    expect(face.shown).toEqual(
      expect.arrayContaining([
        `A  lab.example.com  ${EDGE.ip}  TTL 300  (new)`,
        `A  *.lab.example.com  ${EDGE.ip}  TTL 300  (new)`,
      ]),
    );
    const records = (world.account.zones.get('example.com') ?? []).map(
      ({ type, name, data }) => `${type} ${name} ${data}`,
    );
    expect(records).toEqual([`A lab ${EDGE.ip}`, `A *.lab ${EDGE.ip}`]);
    expect(world.serverMeta.get(EDGE.id)).toMatchObject({
      wish: { domain: 'lab.example.com', email: 'ops@example.com' },
    });
    face.finish();
  });

  it('makes no record when its preview is declined, and asks where several domains fit', async () => {
    const { work, world, face } = withServers(
      'domains',
      { choose: 'Edit fra1-edge', label: 'Domain' },
      { ask: 'Domain', text: 'lab.example.com' },
      { ask: 'E-mail for Let’s Encrypt', text: '-' },
      { choose: 'Which domain gets the records of lab.example.com?', label: 'example.com' },
      { confirm: 'Create the records of lab.example.com?', agree: false },
    );
    world.account.zones.set('example.com', []);
    world.account.zones.set('lab.example.com', []);
    await expect(editServer(EDGE.id, work)).rejects.toThrow(Declined);
    expect([...world.account.zones.values()]).toEqual([[], []]);
    expect(world.serverMeta.get(EDGE.id)?.wish).toBeUndefined();
    face.finish();
  });
});

describe('adoptDroplet', () => {
  const ADOPT = { confirm: 'Adopt portlama-7?' };
  const ADDRESS = droplet(7).publicIpv4!;

  function withUnlisted(
    token: keyof typeof SANDBOX_TOKENS = 'domains',
    ...more: readonly Answer[]
  ): TestWork {
    const test = withServers(token, ADOPT, ...more);
    test.world.addDroplet(droplet(7));
    test.world.registry.changeFromOutside([OLD_BOX]);
    const record = { id: 1, type: 'A', data: ADDRESS };
    test.world.account.zones.set('example.com', [
      { ...record, name: 'shop' },
      { ...record, id: 2, name: '*.shop' },
      { ...record, id: 3, name: 'www', data: '198.51.100.1' },
    ]);
    return test;
  }

  it('takes the label that is asked for', async () => {
    const { work } = withUnlisted('good');
    expect(await adoptDroplet(7, work, { label: 'shop' })).toMatchObject({ label: 'shop' });
    const taken = withUnlisted('good');
    await expect(adoptDroplet(7, taken.work, { label: 'old-box' })).rejects.toMatchObject({
      code: 'label-taken',
    });
  });

  it('offers a label for a change, and takes another one', async () => {
    const { work, face } = withUnlisted('good', { ask: 'Label', text: 'shop' });
    expect(await adoptDroplet(7, work, { asksLabel: true })).toMatchObject({ label: 'shop' });
    face.finish();
  });

  it('finds its domain in the DNS of the account, where a panel answers', async () => {
    const { work, world, face } = withUnlisted();
    world.panels.shown = { trust: 'public', address: ADDRESS };
    expect(await adoptDroplet(7, work)).toMatchObject({
      domain: 'shop.example.com',
      panelUrl: 'https://panel.shop.example.com',
      ip: ADDRESS,
    });
    expect(world.panels.looked).toEqual(['https://panel.shop.example.com']);
    expect(face.shown).toContain('Its domain, by DigitalOcean’s DNS: shop.example.com.');
  });

  it.each([
    ['may not read domains', 'good', { trust: 'public', address: ADDRESS }],
    ['meets another machine there', 'domains', { trust: 'public', address: '198.51.100.1' }],
    ['finds no valid certificate', 'domains', { trust: 'confirm', address: ADDRESS }],
    ['finds no panel', 'domains', { trust: 'public', address: ADDRESS, isPortlama: false }],
  ] as const)('uses the address where it %s', async (_, token, shown) => {
    const { work, world } = withUnlisted(token);
    world.panels.shown = shown;
    const server = await adoptDroplet(7, work);
    expect(server.domain).toBeUndefined();
    expect(server.panelUrl).toBe(`https://${ADDRESS}:9292`);
  });
});
