/** A function as it is deployed: what CloudFormation says of it, its code as a directory on this machine. */
export interface FunctionSpec {
  readonly name: string;
  /** The asset's directory, unpacked; never written to. */
  readonly codeDirectory: string;
  /** As in CloudFormation: 'index.handler'. */
  readonly handler: string;
  readonly runtime: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** 'x86_64' by default, as on AWS. */
  readonly architecture?: 'arm64' | 'x86_64';
  readonly reservedConcurrency?: number;
  readonly roleArn: string;
  /** Name of the log group; '/aws/lambda/<name>' by default on AWS. */
  readonly logGroup: string;
}
