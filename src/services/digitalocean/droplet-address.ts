import ipaddr from 'ipaddr.js';
import { PortlamaError } from '../../core/errors.js';
import { cleanForeignText } from './foreign-text.js';

/** The address that the API gave for a droplet is not one to connect to. */
export class DropletAddressError extends PortlamaError {
  override readonly name = 'DropletAddressError';
}

/**
 * The address of a droplet, if it may be connected to: a public IPv4 address, or any IP address when the API runs
 * on this machine. Guards against an answer that would send SSH into the person's own network.
 */
export function requirePublicAddress(ip: string, apiIsLoopback: boolean): string {
  const isIpv4 = ipaddr.IPv4.isValidFourPartDecimal(ip);
  if (apiIsLoopback && (isIpv4 || ipaddr.IPv6.isValid(ip))) return ip;
  if (isIpv4 && ipaddr.IPv4.parse(ip).range() === 'unicast') return ip;
  throw new DropletAddressError({
    code: 'address-not-public',
    message: `The API gave ${JSON.stringify(cleanForeignText(ip, 60))} as the droplet’s address, which is not a public IPv4 address.`,
    hint: 'Nothing was sent there. Look at the droplet in the DigitalOcean console, and check DIGITALOCEAN_API_URL.',
  });
}
