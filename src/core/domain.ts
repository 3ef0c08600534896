import { InputError, quoted } from './errors.js';

/** Seconds that resolvers may keep a record made here (contract: domain step). */
export const RECORD_TTL = 300;
/** RFC 1035: longest name, in characters. */
const DOMAIN_MAX_LENGTH = 253;
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
/** Grammar of the panel (contract: onboarding): at least two labels, the last one of letters. */
const DOMAIN = new RegExp(`^(?:${LABEL}\\.)+[a-z]{2,63}$`);
const EMAIL = /^[^\s@<>"(),:;[\]\\]+@[^\s@<>"(),:;[\]\\]+\.[a-z0-9-]{2,}$/i;

/** Why a domain is refused; undefined when it is good. In lower case. */
export function domainProblem(domain: string): string | undefined {
  if (domain.length > DOMAIN_MAX_LENGTH) return `At most ${DOMAIN_MAX_LENGTH} characters.`;
  if (DOMAIN.test(domain)) return undefined;
  if (domain.endsWith('.')) return 'Leave out the dot at the end.';
  if (/^[a-z]+:\/\//.test(domain)) return 'Only the name, without https:// and path.';
  if (!domain.includes('.')) return 'It needs a dot, as in lab.example.com.';
  if (/\.xn--[a-z0-9-]*$/.test(domain))
    return 'The panel does not accept an internationalised ending (xn--…): use another name.';
  return 'Use letters, digits and hyphens, in labels separated by dots, as in lab.example.com.';
}

/** In the form that the panel keeps: lower case, without space around. InputError for a name it would not take. */
export function requireDomain(text: string): string {
  const domain = text.trim().toLowerCase();
  const problem = domainProblem(domain);
  if (problem === undefined) return domain;
  throw new InputError({
    code: 'domain-invalid',
    message: `${quoted(text)} is not a domain that a panel accepts. ${problem}`,
    hint: 'The panel will be at panel.<domain>, so lab.example.com gives panel.lab.example.com.',
  });
}

export function emailProblem(email: string): string | undefined {
  return EMAIL.test(email) ? undefined : 'Use the form ops@example.com.';
}

export function requireEmail(text: string): string {
  const email = text.trim();
  if (emailProblem(email) === undefined) return email;
  throw new InputError({
    code: 'email-invalid',
    message: `${quoted(text)} is not an e-mail address. Use the form ops@example.com.`,
    hint: 'Let’s Encrypt writes there when a certificate is about to expire.',
  });
}

/** The panel's address once its domain is set up (contract: onboarding). */
export function panelAddress(domain: string): string {
  return `https://panel.${domain}`;
}

/** The domain that a panel's host name is for; undefined for an address and any other name. */
export function domainOfHost(host: string): string | undefined {
  return /^panel\.[^.]+\./.test(host) ? host.slice('panel.'.length) : undefined;
}
