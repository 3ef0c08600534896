import { InputError } from '../core/errors.js';
import type { Region } from '../services/digitalocean/api.js';
import type { RequestedDomain, RequestedSshKey } from '../services/provisioning/journal/records.js';
import { requireOffered } from '../services/provisioning/errors.js';
import { fastestRegionText } from '../words/regions.js';
import { chooseLabel } from './labels.js';
import { dnsTokenOf, held } from './operations.js';
import { findFastestRegion, requireRegionSlug } from './regions.js';
import type { DomainInput } from './server-domain.js';
import { requireSizeSlug } from './sizes.js';
import { requireLastingStore } from './stores.js';
import { currentAccount, isSupplied, openApi, requireToken } from './token.js';
import type { KeyWork } from './work.js';

/** Complete input: a form has checked it while it was filled in, and it is checked again here. */
export interface CreateServerForm {
  /** Region slug; undefined for the fastest one, which the sandbox alone chooses. */
  readonly region: string | undefined;
  /** Undefined for `portlama-REGION`. */
  readonly label: string | undefined;
  /** Size slug; left out for the one of the guide. */
  readonly size?: string | undefined;
  readonly domain?: DomainInput | undefined;
  /** Public keys of the person that stay on the droplet, agreed to. */
  readonly sshKeys?: readonly RequestedSshKey[] | undefined;
  /** Regions as the form knows them; left out where it never asked: step 1 checks them then. */
  readonly regions?: readonly Region[];
}

/**
 * Begins to create a server, one at a time (`provisioning-in-progress`). Resolves to the operation's id once its worker
 * has taken it up; everything else that can be known to fail is asked there, before anything costs money.
 */
export async function createServer(form: CreateServerForm, work: KeyWork): Promise<string> {
  const token = await requireToken(work);
  const size = requireSizeSlug(form.size ?? work.environment.offer.sizeSlug);
  const region = requireRegionSlug(form.region ?? (await sandboxRegion(size, work)));
  if (form.regions !== undefined) requireOffered(form.regions, { region, size });
  const label = await chooseLabel(work, region, form.label);
  if (work.endsProgram === true) await requireLastingStore(work);
  const domain = await domainOf(form.domain, work);
  const account = isSupplied(work) ? undefined : await currentAccount(work);
  const choice = { label, region, size, domain, sshKeys: form.sshKeys, account };
  const dnsToken = await dnsTokenOf({ domain }, work);
  return await held(work, work.operations.start(choice, token, dnsToken));
}

/** Late: most servers are made without a domain. */
async function domainOf(
  input: DomainInput | undefined,
  work: KeyWork,
): Promise<RequestedDomain | undefined> {
  if (Object.values(input ?? {}).every((value) => value === undefined)) return undefined;
  const { agreeOnDomain } = await import('./server-domain.js');
  return await agreeOnDomain(input ?? {}, work);
}

/** Chooses a region in the sandbox only: elsewhere the choice costs money, and is left to the person. */
async function sandboxRegion(size: string, work: KeyWork): Promise<string> {
  if (!work.environment.sandbox) {
    throw new InputError({
      code: 'region-missing',
      message: 'Which region should the server be in?',
      hint: 'Add --region, for example --region fra1.',
    });
  }
  const { region, medianMs } = await findFastestRegion(size, await openApi(work), work);
  work.face.say(fastestRegionText(region, medianMs));
  return region.slug;
}
