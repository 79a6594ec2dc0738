import type { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

export interface LoanStoreProps {
  readonly removalPolicy: RemovalPolicy;
}

/**
 * What the library remembers: its items, the loans, and by hash the links it mailed.
 *
 * The secret from which links and nonces are made, and under which task tokens are sealed, is kept apart from the
 * tables: who reads a table, its backup or its export can use no link and answer no task. Without it, links already
 * mailed lead nowhere; so it lives as long as the tables, and is not rotated on its own.
 */
export class LoanStore extends Construct {
  readonly items: Table;
  readonly loans: Table;
  readonly links: Table;
  readonly #secret: Secret;

  constructor(scope: Construct, id: string, { removalPolicy }: LoanStoreProps) {
    super(scope, id);
    const table = {
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy,
    };
    this.items = new Table(this, 'Items', { ...table, partitionKey: { name: 'itemId', type: AttributeType.STRING } });
    this.loans = new Table(this, 'Loans', { ...table, partitionKey: { name: 'loanId', type: AttributeType.STRING } });
    this.links = new Table(this, 'Links', {
      ...table,
      partitionKey: { name: 'linkHash', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
    });
    this.#secret = new Secret(this, 'Keys', {
      description: 'Stepwright library: links and nonces are made from it, task tokens are sealed with it',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy,
    });
  }

  /** What the handlers ask for through `requireEnv`. */
  get environment(): Record<string, string> {
    return {
      ITEMS_TABLE: this.items.tableName,
      LOANS_TABLE: this.loans.tableName,
      LINKS_TABLE: this.links.tableName,
      LINK_SECRET_ARN: this.#secret.secretArn,
    };
  }

  /** Lets a function make links and nonces, and seal or unseal task tokens. */
  grantKeys(reader: IFunction): void {
    reader.addToRolePolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [this.#secret.secretArn] }),
    );
  }
}
