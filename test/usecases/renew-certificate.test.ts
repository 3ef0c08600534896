import { describe, expect, it } from 'vitest';
import { Declined } from '../../src/usecases/face.js';
import { renewCertificate } from '../../src/usecases/renew-certificate.js';
import { EDGE } from '../app/fakes/fake-world.js';
import { openPanel, panelServer, type PanelWork } from './panel-work.js';

const RENEW = { confirm: 'Renew the admin certificate of fra1-edge?' };
const OLD = {
  subject: 'CN=admin',
  issuer: 'CN=Portlama',
  notBefore: 0,
  notAfter: Date.UTC(2026, 11, 24),
  serial: '4D2BA01CC98D0EB2833C789F18345A6933CB2128',
};
const NEW = { ...OLD, notAfter: Date.UTC(2028, 10, 27), serial: 'ABCD' };

async function server(agree = true): Promise<PanelWork & { readonly renewed: string[] }> {
  const here = await openPanel();
  const test = await panelServer(here, [], [{ ...RENEW, agree }]);
  test.world.panels.clientCertificates.set(EDGE.id, OLD);
  const renewed: string[] = [];
  test.world.renewCertificate = async ({ id }, api) => {
    await api.onboarding();
    renewed.push(id);
    return NEW;
  };
  return { ...test, renewed };
}

describe('renewCertificate', () => {
  it('says before that the old one stays valid, and after how root can end it', async () => {
    const { work, face, news, renewed } = await server();
    expect(await renewCertificate('fra1-edge', work)).toMatchObject({ expiresAt: NEW.notAfter });
    expect(renewed).toEqual([EDGE.id]);
    expect(face.shown.join('\n')).toContain('stays valid until 2026-12-24');
    expect(face.shown.join('\n')).toContain('portlama-reset-admin');
    expect(face.said.join('\n')).toMatch(/expires 2028-11-27\.\n.*4D2BA01C.*revoked\.json/s);
    expect(news).toContainEqual({ kind: 'certificate-changed', serverId: EDGE.id });
    face.finish();
  });

  it('changes nothing when declined', async () => {
    const { work, renewed } = await server(false);
    await expect(renewCertificate('fra1-edge', work)).rejects.toThrow(Declined);
    expect(renewed).toEqual([]);
  });
});
