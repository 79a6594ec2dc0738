/** An integration's address with what its stage calls '${stageVariables.name}'; what it does not know is left out. */
export function withStageVariables(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{stageVariables\.(\w+)\}/g, (_all, name: string) => {
    return Object.hasOwn(variables, name) ? (variables[name] as string) : '';
  });
}
