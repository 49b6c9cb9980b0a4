// LinkedIn's own JavaScript client against the sandbox. Changed is the host alone, in interceptors of axios.
//
//     node official.cjs <ready line of the sandbox, a JSON file>
const fs = require("fs");
const axios = require("axios");
const { RestliClient } = require("linkedin-api-client");

const ready = JSON.parse(fs.readFileSync(process.argv[2], "utf-8"));
const base = ready.base.linkedin;
const SCOPE = "w_organization_social r_organization_social rw_organization_admin r_ads r_ads_reporting";

function toSandbox(request) {
  request.url = request.url.replace("https://api.linkedin.com", base);
  return request;
}

function say(what, ...seen) {
  console.log(what, ...seen.map((part) => JSON.stringify(part)?.slice(0, 160)));
}

async function main() {
  const order = { member: ready.members[0].id, scope: SCOPE };
  const accessToken = (await axios.post(`${base}/_token`, order)).data.access_token;
  const client = new RestliClient();
  client.axiosInstance.interceptors.request.use(toSandbox);
  const common = { accessToken, versionString: "202608" };

  const acls = { resourcePath: "/organizationAcls", finderName: "roleAssignee", ...common };
  let answer = await client.finder({ ...acls, queryParams: { role: "ADMINISTRATOR" } });
  say("finder organizationAcls", answer.status, answer.data.elements);
  const search = { status: { values: ["ACTIVE"] }, test: false };
  answer = await client.finder({
    resourcePath: "/adAccounts", finderName: "search", queryParams: { search, pageSize: 1 }, ...common,
  });
  say("finder adAccounts", answer.status, answer.data.metadata);

  const entity = {
    author: ready.organisations[0].urn,
    commentary: "Vi søker ingeniør",
    visibility: "PUBLIC",
    distribution: { feedDistribution: "MAIN_FEED" },
    lifecycleState: "PUBLISHED",
  };
  answer = await client.create({ resourcePath: "/posts", entity, ...common });
  const post = { resourcePath: "/posts/{id}", pathKeys: { id: answer.createdEntityId }, ...common };
  say("create post", answer.status, answer.createdEntityId);
  const others = Array.from({ length: 150 }, (_, n) => `urn:li:share:7000000000000000${100 + n}`);
  answer = await client.batchGet({ resourcePath: "/posts", ids: [post.pathKeys.id, ...others], ...common });
  say("tunnelled batch get", answer.status, answer.config.method, Object.keys(answer.data.results).length);
  answer = await client.partialUpdate({ ...post, patchSetObject: { commentary: "Vi søker to" } });
  say("partial update", answer.status);
  const queryParams = { unused: "x".repeat(4100) };
  answer = await client.partialUpdate({ ...post, queryParams, patchSetObject: { commentary: "Vi søker tre" } });
  say("tunnelled partial update", answer.status, (await client.get(post)).data.commentary);
  say("delete", (await client.delete(post)).status);
  answer = await client.finder({ ...acls, versionString: "202511" }).catch((problem) => problem.response);
  say("dead version", answer.status, answer.data);
}

main();
