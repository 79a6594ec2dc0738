import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { shown } from '../../lambda/library-loan/desk/shown';
import { loansByStatus, pendingOffers, unansweredLoans } from '../../lambda/library-loan/names';

export interface LoanStoreProps {
  readonly removalPolicy: RemovalPolicy;
}

/**
 * What the library remembers: its items with their queues, the loans, by hash the links it mailed, and for a day what it
 * answered to requests with an idempotency key.
 *
 * The secret from which links and nonces are made, and under which task tokens are sealed, is kept apart from the
 * tables: who reads a table, its backup or its export can use no link and answer no task. Without it, links already
 * mailed lead nowhere; so it lives as long as the tables, and is not rotated on its own.
 */
export class LoanStore extends Construct {
  readonly items: Table;
  readonly loans: Table;
  readonly links: Table;
  readonly requests: Table;
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
    const text = (name: string) => ({ name, type: AttributeType.STRING });
    this.loans.addGlobalSecondaryIndex({
      indexName: loansByStatus,
      partitionKey: text('status'),
      sortKey: text('registeredAt'),
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: shown.filter((name) => !['status', 'registeredAt', 'loanId'].includes(name)),
    });
    // Both hold a row for a moment, as a rule: what is left in them longer was left undone.
    this.loans.addGlobalSecondaryIndex({
      indexName: unansweredLoans,
      partitionKey: text('unanswered'),
      sortKey: text('decidedAt'),
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.items.addGlobalSecondaryIndex({
      indexName: pendingOffers,
      partitionKey: text('offerPending'),
      sortKey: text('offeredAt'),
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.requests = new Table(this, 'Requests', {
      ...table,
      partitionKey: text('requestKey'),
      timeToLiveAttribute: 'expiresAt',
    });
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

  /** Lets a function look for rows by an index of a table, and nothing else of it. */
  grantQuery(reader: IFunction, table: Table, indexName: string): void {
    reader.addToRolePolicy(
      new PolicyStatement({ actions: ['dynamodb:Query'], resources: [`${table.tableArn}/index/${indexName}`] }),
    );
  }

  /** Lets a function make links and nonces, and seal or unseal task tokens. */
  grantKeys(reader: IFunction): void {
    reader.addToRolePolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [this.#secret.secretArn] }),
    );
  }
}
