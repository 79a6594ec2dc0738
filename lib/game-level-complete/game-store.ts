import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup, LogStream } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { StageConfig } from '../config';
import type { Workflow } from '../workflow/workflow';

export interface GameStoreProps {
  readonly config: StageConfig;
}

/** What the game remembers: completions, the progress of players, leaderboards, reports, and figures as lines of a log. */
export class GameStore extends Construct {
  /** Completions by id; and for 30 days, under '<id>#counted', the marks of those that are in the metric. */
  readonly completions: Table;
  readonly players: Table;
  /** Each player's best completion of a level; the index 'byRank' has a level's players in their order. */
  readonly leaderboard: Table;
  readonly reports: Bucket;
  readonly #metrics: LogGroup;
  readonly #metricsStream: LogStream;

  constructor(scope: Construct, id: string, { config }: GameStoreProps) {
    super(scope, id);
    const removalPolicy = config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    const table = { billingMode: BillingMode.PAY_PER_REQUEST, removalPolicy };
    this.completions = new Table(this, 'Completions', {
      ...table,
      partitionKey: { name: 'completionId', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
    });
    this.players = new Table(this, 'Players', {
      ...table,
      partitionKey: { name: 'playerId', type: AttributeType.STRING },
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    });
    this.leaderboard = new Table(this, 'Leaderboard', {
      ...table,
      partitionKey: { name: 'level', type: AttributeType.NUMBER },
      sortKey: { name: 'playerId', type: AttributeType.STRING },
    });
    this.leaderboard.addGlobalSecondaryIndex({
      indexName: 'byRank',
      partitionKey: { name: 'level', type: AttributeType.NUMBER },
      sortKey: { name: 'rank', type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    });
    this.reports = new Bucket(this, 'Reports', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy,
    });
    this.#metrics = new LogGroup(this, 'Metrics', {
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.#metricsStream = new LogStream(this, 'MetricsStream', {
      logGroup: this.#metrics,
      logStreamName: 'completions',
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  /** What the definitions that write reports and figures ask for. */
  get substitutions() {
    return {
      CompletionsTableName: this.completions.tableName,
      ReportBucketName: this.reports.bucketName,
      MetricsLogGroupName: this.#metrics.logGroupName,
      MetricsLogStreamName: this.#metricsStream.logStreamName,
    };
  }

  /** Not made of the group's own ARN, which ends in ':*' once it is deployed: nothing would match it. */
  get #metricsStreamArn(): string {
    return Stack.of(this).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: `${this.#metrics.logGroupName}:log-stream:${this.#metricsStream.logStreamName}`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  /** Lets a workflow write reports and figures, and set and take back marks; of the completions it sees nothing. */
  grantReportAndCount(workflow: Workflow): void {
    const { grantPrincipal } = workflow;
    for (const statement of [
      new PolicyStatement({ actions: ['s3:PutObject'], resources: [this.reports.arnForObjects('reports/*')] }),
      new PolicyStatement({
        actions: ['dynamodb:PutItem', 'dynamodb:DeleteItem'],
        resources: [this.completions.tableArn],
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['*#counted'] } },
      }),
      new PolicyStatement({
        actions: ['logs:PutLogEvents'],
        resources: [this.#metricsStreamArn],
      }),
    ]) {
      grantPrincipal.addToPrincipalPolicy(statement);
    }
  }
}
