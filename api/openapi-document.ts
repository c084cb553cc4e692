/**
 * The generator writes "this component or null" as both at once (`allOf` of the component and a nullable type), which nothing can be. Here it becomes
 * what is meant: one of the two. Works on the finished document, in place of nothing else.
 */
export function withNullableReferences<Document>(document: Document): Document {
  return mend(document) as Document;
}

function mend(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(mend);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([name, value]) => [name, mend(value)] as const);
  const tree: Record<string, unknown> = Object.fromEntries(entries);
  const reference = nullableReference(tree.allOf);
  if (reference === undefined) return tree;
  const { allOf: _both, ...rest } = tree;
  return { ...rest, anyOf: [reference, { type: 'null' }] };
}

/** The component of `[{$ref}, {type: [something, 'null']}]`. */
function nullableReference(parts: unknown): { $ref: string } | undefined {
  if (!Array.isArray(parts) || parts.length !== 2) return undefined;
  const [component, type] = parts as [Record<string, unknown>, Record<string, unknown>];
  const isNullable = Object.keys(type).length === 1 && Array.isArray(type.type) && type.type.includes('null');
  return isNullable && typeof component.$ref === 'string' ? { $ref: component.$ref } : undefined;
}
