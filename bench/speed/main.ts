import { main } from '../command/command';
import { benchCommand } from './run';

void main(benchCommand);
