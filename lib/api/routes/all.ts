import type { Route } from "../route";
import { environmentRoutes } from "./environments";
import { identityRoutes } from "./identity";
import { resolveRoute } from "./resolve";
import { secretRoutes } from "./secrets";
import { serviceRoutes } from "./services";

/** Every route of the API. What is not in this list is not served, and not in the OpenAPI document. */
export const routes: readonly Route[] = [
  resolveRoute,
  ...identityRoutes,
  ...secretRoutes,
  ...serviceRoutes,
  ...environmentRoutes,
];
