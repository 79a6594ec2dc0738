import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { AwsShape } from '../aws';
import { badDigest, invalidDigest, invalidRequest } from './errors';

/** Owns checksums: what callers state about a content is verified, kept and answered (user guide, "Checking object integrity"). */

export const ALGORITHMS = {
  ChecksumCRC32: { name: 'CRC32', bytes: 4, of: (content: Uint8Array) => uint32(crc32(content)) },
  ChecksumCRC32C: { name: 'CRC32C', bytes: 4, of: (content: Uint8Array) => uint32(crc32c(content)) },
  ChecksumCRC64NVME: { name: 'CRC64NVME', bytes: 8, of: (content: Uint8Array) => crc64nvme(content) },
  ChecksumSHA1: { name: 'SHA1', bytes: 20, of: (content: Uint8Array) => createHash('sha1').update(content).digest() },
  ChecksumSHA256: {
    name: 'SHA256',
    bytes: 32,
    of: (content: Uint8Array) => createHash('sha256').update(content).digest(),
  },
} as const;

export type ChecksumMember = keyof typeof ALGORITHMS;
export const CHECKSUM_MEMBERS = Object.keys(ALGORITHMS) as ChecksumMember[];

export const md5 = (content: Uint8Array): string => createHash('md5').update(content).digest('hex');

/**
 * Verifies the checksums in a request, and answers those to keep: the stated ones, or the one whose algorithm
 * `ChecksumAlgorithm` asks for. Throws BadDigest, InvalidDigest or InvalidRequest.
 */
export function verifyChecksums(input: AwsShape, content: Uint8Array): AwsShape {
  if (input.ContentMD5 !== undefined) {
    const stated = Buffer.from(String(input.ContentMD5), 'base64');
    if (stated.length !== 16) throw invalidDigest();
    if (stated.toString('hex') !== md5(content)) throw badDigest('Content-MD5');
  }
  const kept: AwsShape = {};
  for (const member of CHECKSUM_MEMBERS) {
    const { name, bytes, of } = ALGORITHMS[member];
    const stated = input[member];
    if (stated === undefined && input.ChecksumAlgorithm !== name) continue;
    const actual = of(content).toString('base64');
    if (stated !== undefined && stated !== actual) {
      if (Buffer.from(String(stated), 'base64').length !== bytes) {
        throw invalidRequest(`Value for x-amz-checksum-${name.toLowerCase()} header is invalid.`);
      }
      throw badDigest(name);
    }
    kept[member] = actual;
  }
  return kept;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Castagnoli's polynomial, reflected. */
const CRC32C_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

function crc32c(content: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of content) value = (value >>> 8) ^ (CRC32C_TABLE[(value ^ byte) & 0xff] as number);
  return (value ^ 0xffffffff) >>> 0;
}

/** The polynomial of the NVM Express specification, reflected. */
const CRC64_TABLE = BigUint64Array.from({ length: 256 }, (_, byte) => {
  let value = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ 0x9a6c9329ac4bc9b5n : value >> 1n;
  return value;
});

function crc64nvme(content: Uint8Array): Buffer {
  let value = 0xffffffffffffffffn;
  for (const byte of content) value = (value >> 8n) ^ (CRC64_TABLE[Number(value & 0xffn) ^ byte] as bigint);
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value ^ 0xffffffffffffffffn);
  return bytes;
}
