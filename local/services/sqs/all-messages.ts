import type { Store } from '../../runtime/store';
import { isFifo } from '../fifo/ids';
import { FifoMessages } from './fifo-messages';
import { Messages } from './messages';
import type { Queue } from './queues';

/** Owns where the messages of which queue are. */
export class AllMessages {
  readonly standard: Messages;
  readonly fifo: FifoMessages;

  constructor(store: Store) {
    this.standard = new Messages(store);
    this.fifo = new FifoMessages(store);
  }

  of({ name }: Queue): Messages {
    return isFifo(name) ? this.fifo : this.standard;
  }
}
