import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Activity } from 'aws-cdk-lib/aws-stepfunctions';
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { loansByStatus, pendingOffers, unansweredLoans } from '../../lambda/library-loan/names';
import type { LoanPolicy } from '../../lambda/library-loan/policy';
import { longestLoanDays, type StageConfig } from '../config';
import { StoppedExecutions } from '../workflow/stopped-executions';
import { Workflow } from '../workflow/workflow';
import { WorkflowFunction } from '../workflow/workflow-function';
import { LibraryApi } from './library-api';
import { LibraryMail } from './library-mail';
import { LoanStore } from './loan-store';
import { Sweep } from './sweep';

export interface LibraryLoanStackProps extends StackProps {
  readonly config: StageConfig;
  readonly operations: ITopic;
}

/** A library's loans: the desk's API, the pages behind the mailed links, the mails, and the workflow that holds them together. */
export class LibraryLoanStack extends Stack {
  constructor(scope: Construct, id: string, props: LibraryLoanStackProps) {
    super(scope, id, props);
    const { config, operations } = props;
    const { library } = config;
    const policy: LoanPolicy = { ...library.loan, longestLoanDays, hours: library.calendar };

    const removalPolicy = config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    const store = new LoanStore(this, 'Store', { removalPolicy });
    const mail = new LibraryMail(this, 'Mail', { config, operations, removalPolicy });
    const api = new LibraryApi(this, 'Api', { config });
    const librarian = new Topic(this, 'Librarian', {
      topicName: `StepwrightLibrarian-${config.stage}`,
      displayName: library.name.replace(/[^\x20-\x7e]/g, '?'),
      enforceSSL: true,
    });
    if (library.librarianEmail) librarian.addSubscription(new EmailSubscription(library.librarianEmail));
    const inspectReturn = new Activity(this, 'InspectReturn', {
      activityName: `StepwrightInspectReturn-${config.stage}`,
    });

    const step = (name: string, handler: string, description: string, environment: Record<string, string> = {}) =>
      new WorkflowFunction(this, name, {
        config,
        handler: `library-loan/${handler}`,
        description,
        // The Task that waits for it gives up after 20 s.
        timeout: Duration.seconds(15),
        environment: { ...store.environment, ...environment },
      });
    const LOAN_POLICY = JSON.stringify(policy);
    const baseUrl = library.baseUrl ?? api.url;

    const registerLoan = step('RegisterLoan', 'register-loan', "Turns the desk's reservation into a loan", {
      LOAN_POLICY,
    });
    const awaitDecision = step(
      'AwaitDecision',
      'await-decision',
      "Leaves the waiting task's token where the reader's page finds it",
    );
    const renewLoan = step('RenewLoan', 'renew-loan', 'Gives a renewed loan its new dates', { LOAN_POLICY });
    const reopenLoan = step('ReopenLoan', 'reopen-loan', 'Gives a loan back to its reader', { LOAN_POLICY });
    const sendMail = step('SendMail', 'send-mail', 'Writes to the reader', {
      ...mail.environment,
      BASE_URL: baseUrl,
      LIBRARY_NAME: library.name,
      LOAN_POLICY,
    });
    const offerItem = step('OfferItem', 'offer-item', 'Gives a reader the time to pick up an item', { LOAN_POLICY });
    const awaitPickUp = step(
      'AwaitPickUp',
      'await-pick-up',
      "Leaves the waiting task's token where the desk's lending finds it",
    );
    const endPickUp = step('EndPickUp', 'end-pick-up', 'Ends that time: it is the next reader’s turn');
    const sendHoldMail = step('SendHoldMail', 'send-hold-mail', 'Writes to a reader who waits for an item', {
      ...mail.environment,
      LIBRARY_NAME: library.name,
      LOAN_POLICY,
    });

    const holds = new Workflow(this, 'LibraryHold', {
      config,
      operations,
      definition: 'library-hold',
      substitutions: {
        OfferItemFunctionArn: offerItem.functionArn,
        AwaitPickUpFunctionArn: awaitPickUp.functionArn,
        EndPickUpFunctionArn: endPickUp.functionArn,
        SendHoldMailFunctionArn: sendHoldMail.functionArn,
      },
      invokes: [offerItem, awaitPickUp, endPickUp, sendHoldMail],
    });
    holds.grantStartItself();
    const HOLD_STATE_MACHINE_ARN = holds.stateMachine.stateMachineArn;
    const closeLoan = step('CloseLoan', 'close-loan', 'Ends a loan and says what becomes of its item', {
      HOLD_STATE_MACHINE_ARN,
    });
    // Executions that began under the first definition do not begin the next reader's pick-up themselves.
    holds.stateMachine.grantStartExecution(closeLoan);
    const workflow = new Workflow(this, 'LibraryLoan', {
      config,
      operations,
      definition: 'library-loan',
      substitutions: {
        RegisterLoanFunctionArn: registerLoan.functionArn,
        AwaitDecisionFunctionArn: awaitDecision.functionArn,
        RenewLoanFunctionArn: renewLoan.functionArn,
        ReopenLoanFunctionArn: reopenLoan.functionArn,
        CloseLoanFunctionArn: closeLoan.functionArn,
        SendMailFunctionArn: sendMail.functionArn,
        InspectReturnActivityArn: inspectReturn.activityArn,
        LibrarianTopicArn: librarian.topicArn,
        LibraryHoldStateMachineArn: holds.stateMachine.stateMachineArn,
      },
      invokes: [registerLoan, awaitDecision, renewLoan, reopenLoan, closeLoan, sendMail],
    });
    librarian.grantPublish(workflow);
    // Executions that began under the first definition, and last a year at most, alert operations themselves.
    operations.grantPublish(workflow);
    holds.stateMachine.grantStartExecution(workflow);
    new StoppedExecutions(this, 'Stopped', { workflows: [workflow, holds], operations });

    const sweep = step('Sweep', 'sweep', 'Finishes what died between two writes', { HOLD_STATE_MACHINE_ARN });
    holds.stateMachine.grantStartExecution(sweep);
    const sweeping = new Sweep(this, 'Sweeping', { config, operations, sweep });
    const desk = step('Desk', 'desk', "The desk's API: loans, items and holds", {
      ...sweeping.environment,
      LOAN_POLICY,
      REQUESTS_TABLE: store.requests.tableName,
      LOAN_STATE_MACHINE_ARN: workflow.stateMachine.stateMachineArn,
      HOLD_STATE_MACHINE_ARN,
      ...mail.stopsEnvironment,
    });
    workflow.stateMachine.grantStartExecution(desk);
    holds.stateMachine.grantStartExecution(desk);
    const readerPage = step('ReaderPage', 'reader-page', 'The pages behind the links in the mails', {
      ...sweeping.environment,
      LIBRARY_NAME: library.name,
      LOAN_POLICY,
    });
    for (const orders of [desk, readerPage]) sweeping.grantOrder(orders);
    for (const answers of [readerPage, awaitDecision, desk, sweep]) workflow.grantAnswerTasks(answers);
    for (const answers of [registerLoan, desk]) holds.grantAnswerTasks(answers, ['Success']);
    api.route({ desk, readerPage });

    store.loans.grant(registerLoan, ...reads, 'dynamodb:UpdateItem');
    store.items.grant(registerLoan, ...reads, 'dynamodb:UpdateItem');
    store.loans.grant(closeLoan, ...reads, 'dynamodb:UpdateItem');
    store.items.grant(closeLoan, ...reads, 'dynamodb:UpdateItem');
    for (const changes of [renewLoan, reopenLoan, sendMail, readerPage] satisfies IFunction[]) {
      store.loans.grant(changes, ...reads, 'dynamodb:UpdateItem');
    }
    store.items.grant(readerPage, ...reads, 'dynamodb:ConditionCheckItem');
    store.loans.grant(awaitDecision, 'dynamodb:UpdateItem');
    for (const changes of [offerItem, awaitPickUp, endPickUp, sendHoldMail]) {
      store.items.grant(changes, ...reads, 'dynamodb:UpdateItem');
    }
    store.loans.grant(desk, ...reads, 'dynamodb:PutItem', 'dynamodb:UpdateItem');
    store.grantQuery(desk, store.loans, loansByStatus);
    store.items.grant(desk, ...reads, 'dynamodb:UpdateItem');
    store.requests.grant(desk, ...reads, 'dynamodb:PutItem');
    store.loans.grant(sweep, ...reads, 'dynamodb:UpdateItem');
    store.items.grant(sweep, ...reads, 'dynamodb:UpdateItem');
    store.grantQuery(sweep, store.loans, loansByStatus);
    store.grantQuery(sweep, store.loans, unansweredLoans);
    store.grantQuery(sweep, store.items, pendingOffers);
    store.links.grant(desk, 'dynamodb:PutItem');
    store.links.grant(readerPage, ...reads);
    for (const knows of [desk, registerLoan, awaitDecision, awaitPickUp, sendMail, readerPage, sweep])
      store.grantKeys(knows);
    mail.grantSend(sendMail);
    mail.grantReadStops(desk);
    mail.grantSend(sendHoldMail);

    new CfnOutput(this, 'LibraryUrl', {
      value: api.url,
      description: 'Base URL of the desk API and of the pages behind the links',
    });
    new CfnOutput(this, 'InspectReturnActivity', {
      value: inspectReturn.activityArn,
      description: "The activity that the desk's workers poll",
    });
  }
}

const reads = ['dynamodb:GetItem'] as const;
