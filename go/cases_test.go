package iamlet_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"iamlet"
)

// Case files (docs/semantics.md, "Case files"). What they leave unsaid is said here: a layer that is not in the file is
// declared absent, and a resource whose ARN names no account is the principal's.

// decisionCase is a line of vectors.jsonl.
type decisionCase struct {
	ID       string   `json:"id"`
	Rule     string   `json:"rule"`
	Policies policies `json:"policies"`
	Request  request  `json:"request"`
	Options  options  `json:"options"`
	Expect   string   `json:"expect"`
	Why      string   `json:"why"`
}

type policies struct {
	Identity     documents   `json:"identity"`
	Boundary     documents   `json:"boundary"`
	Session      documents   `json:"session"`
	Resource     documents   `json:"resource"`
	ResourceKind string      `json:"resource_kind"`
	SCP          []documents `json:"scp"`
	RCP          []documents `json:"rcp"`
	VPCE         documents   `json:"vpce"`
	VPCEType     string      `json:"vpce_type"`
}

type request struct {
	Principal                   json.RawMessage     `json:"principal"`
	Action                      string              `json:"action"`
	Resource                    *string             `json:"resource"`
	Resources                   []item              `json:"resources"`
	ResourceAccount             string              `json:"resource_account"`
	ResourceInManagementAccount bool                `json:"resource_in_management_account"`
	Multivalued                 []string            `json:"multivalued"`
	Context                     map[string][]string `json:"context"`
}

type item struct {
	ARN     string              `json:"arn"`
	Context map[string][]string `json:"context"`
}

type principal struct {
	Type              *string `json:"type"`
	ARN               string  `json:"arn"`
	RoleARN           string  `json:"role_arn"`
	UserARN           string  `json:"user_arn"`
	Service           string  `json:"service"`
	Provider          string  `json:"provider"`
	Canonical         string  `json:"canonical"`
	UniqueID          string  `json:"unique_id"`
	ManagementAccount bool    `json:"management_account"`
	ServiceLinkedRole *bool   `json:"service_linked_role"`
}

type options struct {
	SCPDialect        string `json:"scp_dialect"`
	SCPMissingVersion string `json:"scp_missing_version"`
	EnforceQuotas     bool   `json:"enforce_quotas"`
	QuotaBytes        uint32 `json:"quota_bytes"`
}

// documentCase is a line of invalid.jsonl.
type documentCase struct {
	ID        string  `json:"id"`
	Rule      string  `json:"rule"`
	Kind      string  `json:"kind"`
	Policy    *string `json:"policy"`
	PolicyHex string  `json:"policy_hex"`
	Expect    string  `json:"expect"`
	Code      string  `json:"code"`
	At        string  `json:"at"`
	Offset    *int    `json:"offset"`
	Options   options `json:"options"`
	Why       string  `json:"why"`
}

// documents is one document or a list of them, each the text that it was written as.
type documents [][]byte

func (d *documents) UnmarshalJSON(text []byte) error {
	list := []json.RawMessage{text}
	if text[0] == '[' {
		if err := json.Unmarshal(text, &list); err != nil {
			return err
		}
	}
	*d = documents{}
	for _, raw := range list {
		document := slices.Clone([]byte(raw))
		if raw[0] == '"' {
			var inner string
			if err := json.Unmarshal(raw, &inner); err != nil {
				return err
			}
			document = []byte(inner)
		}
		*d = append(*d, document)
	}
	return nil
}

// decodeStrictly refuses members that it does not know: a case that is read wrong proves nothing.
func decodeStrictly(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

// readCases reads a file of cases.
func readCases[Case any](t testing.TB, path string) (cases []Case) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var one Case
		if err := decodeStrictly(lines.Bytes(), &one); err != nil {
			t.Fatalf("%s: %v in %.80s", path, err, lines.Bytes())
		}
		cases = append(cases, one)
	}
	if lines.Err() != nil {
		t.Fatal(lines.Err())
	}
	return cases
}

func (d *documentCase) text(t testing.TB) []byte {
	if d.Policy != nil {
		return []byte(*d.Policy)
	}
	text, err := hex.DecodeString(d.PolicyHex)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (o options) compile() (list []iamlet.CompileOption) {
	if o.EnforceQuotas {
		list = append(list, iamlet.EnforceQuotas())
	}
	if o.EnforceQuotas && o.QuotaBytes != 0 {
		list = append(list, iamlet.QuotaBytes(o.QuotaBytes))
	}
	if o.SCPMissingVersion == "assume_2012" {
		list = append(list, iamlet.AssumeVersion2012())
	}
	return list
}

// kindOf is the kind with a name; 0 for none.
func kindOf(name string) iamlet.Kind {
	for kind := iamlet.KindIdentity; kind <= iamlet.KindVPCE; kind++ {
		if kind.String() == name {
			return kind
		}
	}
	return 0
}

// compileAll compiles the policies of a case. The tag of each is 100 and its number.
func (c *decisionCase) compileAll() (list []iamlet.SetPolicy, levels iamlet.Levels, err error) {
	add := func(group documents, kind iamlet.Kind, layer iamlet.Layer, level int) {
		for _, text := range group {
			policy, failed := iamlet.Compile(kind, text, c.Options.compile()...)
			if failed != nil {
				err = failed
			}
			list = append(list, iamlet.SetPolicy{Policy: policy, Layer: layer, Level: level, Tag: uint64(100 + len(list))})
		}
	}
	p := &c.Policies
	add(p.Identity, iamlet.KindIdentity, iamlet.LayerIdentity, 0)
	add(p.Boundary, iamlet.KindBoundary, iamlet.LayerBoundary, 0)
	add(p.Session, iamlet.KindSession, iamlet.LayerSession, 0)
	add(p.Resource, map[iamlet.ResourceKind]iamlet.Kind{iamlet.ResourceOrdinary: iamlet.KindResource,
		iamlet.ResourceKMSKey: iamlet.KindKMS, iamlet.ResourceRole: iamlet.KindTrust}[c.resourceKind()],
		iamlet.LayerResource, 0)
	add(p.VPCE, iamlet.KindVPCE, iamlet.LayerEndpoint, 0)
	scp := map[string]iamlet.Kind{"": iamlet.KindSCPFull, "full": iamlet.KindSCPFull,
		"classic": iamlet.KindSCPClassic}[c.Options.SCPDialect]
	for level, group := range p.SCP {
		add(group, scp, iamlet.LayerSCP, level)
	}
	for level, group := range p.RCP {
		add(group, iamlet.KindRCP, iamlet.LayerRCP, level)
	}
	if p.SCP != nil && len(p.SCP) == 0 || p.RCP != nil && len(p.RCP) == 0 {
		err = fmt.Errorf("an organization has at least one level")
	}
	return list, iamlet.Levels{SCP: len(p.SCP), RCP: len(p.RCP)}, err
}

// absent is the layers that the case does not have.
func (p *policies) absent() (absent iamlet.Absent) {
	for flag, isThere := range map[iamlet.Absent]bool{
		iamlet.AbsentSCP:      len(p.SCP) > 0,
		iamlet.AbsentRCP:      len(p.RCP) > 0,
		iamlet.AbsentResource: len(p.Resource) > 0,
		iamlet.AbsentIdentity: len(p.Identity) > 0,
		iamlet.AbsentBoundary: len(p.Boundary) > 0,
		iamlet.AbsentSession:  len(p.Session) > 0,
		iamlet.AbsentEndpoint: len(p.VPCE) > 0,
	} {
		if !isThere {
			absent |= flag
		}
	}
	return absent
}

var principalTypes = map[string]iamlet.PrincipalType{
	"user": iamlet.PrincipalUser, "role_session": iamlet.PrincipalRoleSession,
	"federated_user": iamlet.PrincipalFederatedUser, "root": iamlet.PrincipalRoot,
	"service": iamlet.PrincipalService, "saml": iamlet.PrincipalSAML, "oidc": iamlet.PrincipalOIDC,
	"anonymous": iamlet.PrincipalAnonymous,
}

// noType is the type of no principal: such a request is refused.
const noType iamlet.PrincipalType = 99

// readPrincipal reads an ARN, "anonymous", or an object.
func readPrincipal(raw json.RawMessage) (iamlet.Principal, error) {
	var p principal
	if raw[0] == '"' {
		if err := json.Unmarshal(raw, &p.ARN); err != nil {
			return iamlet.Principal{}, err
		}
		if p.ARN == "anonymous" {
			return iamlet.Principal{Type: iamlet.PrincipalAnonymous}, nil
		}
	} else if err := decodeStrictly(raw, &p); err != nil {
		return iamlet.Principal{}, err
	}
	kind := iamlet.PrincipalDerived
	if p.Type != nil {
		kind = principalTypes[*p.Type]
	}
	// R-PRIN-17: the package takes no such flag, for the path says it.
	linked := strings.Contains(p.RoleARN, ":role/aws-service-role/")
	if p.ServiceLinkedRole != nil && *p.ServiceLinkedRole != linked {
		kind = noType
	}
	return iamlet.Principal{Type: kind, ARN: p.ARN, RoleARN: p.RoleARN, UserARN: p.UserARN, Service: p.Service,
		Provider: p.Provider, CanonicalUser: p.Canonical, UniqueID: p.UniqueID,
		ManagementAccount: p.ManagementAccount}, nil
}

// accountOf is the account that an ARN names.
func accountOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 && parts[0] == "arn" {
		return parts[4]
	}
	return ""
}

func (r *request) resource(arn, principal string) iamlet.Resource {
	account := r.ResourceAccount
	named := accountOf(arn)
	isAccount := len(named) == 12 && strings.Trim(named, "0123456789") == ""
	if account == "" && !isAccount {
		account = accountOf(principal)
	}
	return iamlet.Resource{ARN: arn, Account: account, InManagementAccount: r.ResourceInManagementAccount}
}

// context is the entries of a context, in the order of their names. A key that is declared multivalued may have its
// values elsewhere: of a request, each has an entry. Of an item, one without values would take the request's away.
func (r *request) context(values map[string][]string, ofItem bool) (entries []iamlet.ContextEntry) {
	declared := func(key string) bool {
		return slices.ContainsFunc(r.Multivalued, func(name string) bool { return strings.EqualFold(name, key) })
	}
	for key, list := range values {
		entry := iamlet.Entry(key, list...)
		entry.Multivalued = declared(key)
		entries = append(entries, entry)
	}
	for _, name := range r.Multivalued {
		if ofItem {
			break
		}
		entries = append(entries, iamlet.ContextEntry{Key: iamlet.Key{Name: name}, Multivalued: true})
	}
	slices.SortStableFunc(entries, func(a, b iamlet.ContextEntry) int { return strings.Compare(a.Key.Name, b.Key.Name) })
	return entries
}

var resourceKinds = map[string]iamlet.ResourceKind{"resource": iamlet.ResourceOrdinary, "kms": iamlet.ResourceKMSKey,
	"trust": iamlet.ResourceRole}

// resourceKind is the kind that the case states, or that follows from its request: of several resources, the first one's.
func (c *decisionCase) resourceKind() iamlet.ResourceKind {
	if kind, stated := resourceKinds[c.Policies.ResourceKind]; stated {
		return kind
	}
	arn := ""
	if c.Request.Resource != nil {
		arn = *c.Request.Resource
	} else if len(c.Request.Resources) > 0 {
		arn = c.Request.Resources[0].ARN
	}
	return iamlet.ResourceKindOf(c.Request.Action, arn)
}

// inputs is the request of the case, and its items.
func (c *decisionCase) inputs(t testing.TB) (*iamlet.RequestInput, []*iamlet.ItemInput) {
	who, err := readPrincipal(c.Request.Principal)
	if err != nil {
		t.Fatalf("%s: %v", c.ID, err)
	}
	input := &iamlet.RequestInput{
		Principal:       who,
		Action:          c.Request.Action,
		ResourceKind:    resourceKinds[c.Policies.ResourceKind],
		Absent:          c.Policies.absent(),
		GatewayEndpoint: c.Policies.VPCEType == "gateway",
		Context:         c.Request.context(c.Request.Context, false),
	}
	if c.Request.Resource != nil {
		resource := c.Request.resource(*c.Request.Resource, who.ARN)
		input.Resource = &resource
	}
	var items []*iamlet.ItemInput
	for _, one := range c.Request.Resources {
		items = append(items, &iamlet.ItemInput{Resource: c.Request.resource(one.ARN, who.ARN),
			Context: c.Request.context(one.Context, true)})
	}
	return input, items
}
