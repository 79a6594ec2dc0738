import type { Collection } from '../../runtime/store';
import { AwsError, type AwsShape, type Caller } from '../aws';

/**
 * Owns the named resources of one kind (identities, configuration sets, templates): made, read, listed, deleted.
 * Deploying one again (`via: 'cloudformation'`) updates it; anybody else gets AlreadyExistsException, as on AWS.
 */
export class Registry {
  constructor(
    private readonly items: Collection<AwsShape>,
    private readonly kind: string,
  ) {}

  async create(name: unknown, item: AwsShape, caller: Caller): Promise<void> {
    if (typeof name !== 'string' || name === '')
      throw new AwsError('BadRequestException', `${this.kind} name is missing.`);
    if (this.has(name) && caller.via !== 'cloudformation') {
      throw new AwsError('AlreadyExistsException', `${this.kind} ${name} already exist.`);
    }
    await this.items.put(name, item);
  }

  has(name: string): boolean {
    return this.items.get(name) !== undefined;
  }

  /** Throws NotFoundException (404). */
  get(name: string): AwsShape {
    const item = this.items.get(name);
    if (!item) throw new AwsError('NotFoundException', `${this.kind} <${name}> does not exist.`, 404);
    return item;
  }

  async update(name: string, item: AwsShape): Promise<void> {
    this.get(name);
    await this.items.put(name, item);
  }

  async delete(name: string): Promise<void> {
    this.get(name);
    await this.items.delete(name);
  }

  names(): string[] {
    return this.items.list().map(({ key }) => key);
  }
}
