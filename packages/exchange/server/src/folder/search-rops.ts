/** ROPs on the criteria of search folders (MS-OXCFOLD 3.2.5.4, 3.2.5.5). */

import { MAPI_ERROR, parseRestriction, type RopResponse, SEARCH_FLAG, SEARCH_STATE } from "@pushback/mapi";
import type { SearchCriteria } from "../mail-store/mailbox.ts";
import { failure, folderAt, type Request, type RopContext } from "../session/rop-context.ts";
import { foundIn } from "../table/search.ts";
import { codeOf } from "./tree-rops.ts";

const EVERYTHING = new Uint8Array(0);

/** Sets the criteria of a search folder. An empty restriction or folder list in the request keeps the previous one. */
export function setSearchCriteria(c: RopContext, q: Request<"SetSearchCriteria">): RopResponse {
  const folder = folderAt(c, q.inputHandleIndex);
  if (typeof folder === "number") return failure(q, folder);
  if (!folder.isSearch) return failure(q, MAPI_ERROR.ecNotSearchFolder);
  const before = folder.criteria;
  if (q.restriction.length > 0 && parseRestriction(q.restriction) === null) return failure(q, MAPI_ERROR.ecTooComplex);
  if (q.folderIds.length === 0 && before === null) return failure(q, MAPI_ERROR.ecNotInitialized);
  if (q.folderIds.some((fid) => !folder.mailbox.findFolder(fid))) return failure(q, MAPI_ERROR.ecNotFound);
  const { STOP, RECURSIVE, SHALLOW, STATIC } = SEARCH_FLAG;
  const depth = q.searchFlags & (RECURSIVE | SHALLOW);
  const isNew = q.restriction.length > 0;
  const criteria: SearchCriteria = {
    restriction: isNew ? q.restriction.slice() : (before?.restriction ?? EVERYTHING),
    codePage: isNew ? c.session.codePage : (before?.codePage ?? c.session.codePage),
    folderIds: q.folderIds.length > 0 ? [...new Set(q.folderIds)] : (before?.folderIds ?? []),
    recursive: depth === 0 ? (before?.recursive ?? false) : (depth & RECURSIVE) !== 0,
    stopped: (q.searchFlags & STOP) !== 0,
    found: null,
  };
  // A static search keeps its present results, so the new criteria must be in place before it runs.
  const running = codeOf(c.store.folders.setCriteria(folder, criteria));
  if (running || !(q.searchFlags & STATIC))
    return running ? failure(q, running) : { rop: "SetSearchCriteria", handleIndex: q.inputHandleIndex };
  const found = [...foundIn(folder).keys()].map((message) => message.mid);
  const code = codeOf(c.store.folders.setCriteria(folder, { ...criteria, found }));
  return code ? failure(q, code) : { rop: "SetSearchCriteria", handleIndex: q.inputHandleIndex };
}

/** The restriction's texts are in the code page of the session that set them. */
export function getSearchCriteria(c: RopContext, q: Request<"GetSearchCriteria">): RopResponse {
  const folder = folderAt(c, q.inputHandleIndex);
  if (typeof folder === "number") return failure(q, folder);
  if (!folder.isSearch) return failure(q, MAPI_ERROR.ecNotSearchFolder);
  const { criteria } = folder;
  if (!criteria) return failure(q, MAPI_ERROR.ecNotInitialized);
  const { RUNNING, RECURSIVE, COMPLETE, STATIC } = SEARCH_STATE;
  const state = criteria.stopped ? 0 : criteria.found ? COMPLETE | STATIC : RUNNING | COMPLETE;
  return {
    rop: "GetSearchCriteria",
    handleIndex: q.inputHandleIndex,
    restriction: q.includeRestriction === 0 ? EVERYTHING : criteria.restriction,
    logonId: q.logonId,
    folderIds: q.includeFolders === 0 ? [] : criteria.folderIds,
    searchFlags: state | (criteria.recursive ? RECURSIVE : 0),
  };
}
