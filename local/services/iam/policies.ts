import type { Json } from '../../asl/json';
import type { PoliciesOfCall } from './evaluate';
import { managedPolicy } from './managed-policies';
import { readPolicy, type Statement } from './policy';

/**
 * Owns which policies there are: those of roles, managed ones, and those on resources, as the assembly says at each start. Nothing of it
 * is kept with the data.
 *
 * P1  A role that is not here, or has a managed policy that nobody knows here, is refused nothing for want of a grant.
 */
export class Policies {
  readonly #roles = new Map<string, Role>();
  readonly #managed = new Map<string, readonly Statement[]>();
  readonly #onResources = new Map<string, Statement[]>();

  putRole(arn: string, { inline, managed, boundary }: RoleDocuments): void {
    this.#roles.set(arn, { own: inline.flatMap((document) => readPolicy(document)), managed: [...managed], boundary });
  }

  putManaged(arn: string, document: Json | undefined): void {
    this.#managed.set(arn, readPolicy(document));
  }

  /** Gives a policy to the roles of these names, as far as they are here. */
  attach(roleNames: readonly string[], document: Json | undefined): void {
    for (const role of this.#named(roleNames)) role.own.push(...readPolicy(document));
  }

  attachManaged(roleNames: readonly string[], arn: string): void {
    for (const role of this.#named(roleNames)) role.managed.push(arn);
  }

  /** @param resourceArn of a bucket, a queue, a topic, a function, an event bus, a secret */
  attachToResource(resourceArn: string, document: Json | undefined): void {
    const present = this.#onResources.get(resourceArn) ?? [];
    this.#onResources.set(resourceArn, [...present, ...readPolicy(document, resourceArn)]);
  }

  /** Whether the document of a managed policy is known. */
  knows(managedArn: string): boolean {
    return this.#documentOf(managedArn) !== undefined;
  }

  /** Those that the stacks make. */
  roles(): string[] {
    return [...this.#roles.keys()];
  }

  /** Its own statements, without those of managed policies of AWS's. */
  own(roleArn: string): readonly Statement[] {
    const { own = [], managed = [] } = this.#roles.get(roleArn) ?? {};
    return [...own, ...managed.flatMap((arn) => this.#managed.get(arn) ?? [])];
  }

  /** What a role may do; undefined for one that is not here. `isWhole`: none of its policies is unknown. */
  of(roleArn: string): (Omit<PoliciesOfCall, 'resource'> & { readonly isWhole: boolean }) | undefined {
    const role = this.#roles.get(roleArn);
    if (!role) return undefined;
    const managed = role.managed.map((arn) => this.#documentOf(arn));
    const boundary = role.boundary === undefined ? undefined : this.#documentOf(role.boundary);
    return {
      identity: [...role.own, ...managed.flatMap((document) => document ?? [])],
      boundary,
      isWhole: !managed.includes(undefined) && (role.boundary === undefined || boundary !== undefined),
    };
  }

  /** The policy on what an ARN is of: on its bucket, of an object; on the function, of a version or an alias. */
  onResource(arn: string): readonly Statement[] {
    return this.#onResources.get(ownerOf(arn)) ?? [];
  }

  #documentOf(arn: string): readonly Statement[] | undefined {
    return this.#managed.get(arn) ?? managedPolicy(arn);
  }

  #named(roleNames: readonly string[]): Role[] {
    const ends = roleNames.map((name) => `/${name}`);
    return [...this.#roles].filter(([arn]) => ends.some((end) => arn.endsWith(end))).map(([, role]) => role);
  }
}

export interface RoleDocuments {
  readonly inline: readonly Json[];
  /** ARNs. */
  readonly managed: readonly string[];
  readonly boundary: string | undefined;
}

interface Role {
  readonly own: Statement[];
  readonly managed: string[];
  readonly boundary: string | undefined;
}

function ownerOf(arn: string): string {
  if (arn.startsWith('arn:aws:s3:::')) return arn.replace(/\/.*$/s, '');
  return arn.includes(':function:') ? arn.split(':').slice(0, 7).join(':') : arn;
}
