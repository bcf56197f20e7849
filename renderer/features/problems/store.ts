import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { Problem } from '../../../main/contract/index.ts';
import { useDocuments } from '../../api/documents.ts';

/** What is wrong with the handset file in the window, in the order of the file, errors before warnings on the same line. */
export const useProblems = defineStore('problems', () => {
  const documents = useDocuments();
  const list = computed(() => [...(documents.current?.problems ?? [])].sort(byPlace));

  function show(problem: Problem): void {
    if (problem.range) documents.show(problem.range);
  }

  return { list, show };
});

function byPlace(a: Problem, b: Problem): number {
  const lines = (a.range?.line ?? 0) - (b.range?.line ?? 0);
  return lines || Number(a.severity === 'warning') - Number(b.severity === 'warning');
}
