import { main } from '../command/command';
import { coldStartsCommand } from './run';

void main(coldStartsCommand);
