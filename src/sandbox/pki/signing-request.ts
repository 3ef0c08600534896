import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { readElement } from '../../services/pkcs12/asn1.js';

/**
 * The key that a certificate signing request (RFC 2986) asks a certificate for; undefined for text that is none, or
 * whose signature is not of that key.
 */
export function readSigningRequest(pem: string): KeyObject | undefined {
  const body = /-----BEGIN CERTIFICATE REQUEST-----([\s\S]*)-----END CERTIFICATE REQUEST-----/.exec(
    pem,
  )?.[1];
  if (body === undefined || !/^[\sA-Za-z0-9+/=]+$/.test(body)) return undefined;
  const request = Buffer.from(body, 'base64');
  try {
    const [information, , signature] = elementsOf(request);
    const [, , key] = elementsOf(information!);
    const publicKey = createPublicKey({ key: key!, format: 'der', type: 'spki' });
    // The first byte of a bit string counts the bits that do not matter.
    const content = readElement(signature!)!.content.subarray(1);
    return verify('sha256', information!, publicKey, content) ? publicKey : undefined;
  } catch {
    return undefined;
  }
}

/** The encoded elements of a sequence. */
function elementsOf(sequence: Buffer): Buffer[] {
  const elements: Buffer[] = [];
  for (let at = headerLength(sequence); at < sequence.length;) {
    const rest = sequence.subarray(at);
    const length = headerLength(rest) + contentLength(rest);
    elements.push(rest.subarray(0, length));
    at += length;
  }
  return elements;
}

function headerLength(element: Buffer): number {
  const first = element.readUInt8(1);
  return first < 0x80 ? 2 : 2 + (first & 0x7f);
}

function contentLength(element: Buffer): number {
  const first = element.readUInt8(1);
  return first < 0x80 ? first : element.readUIntBE(2, first & 0x7f);
}
