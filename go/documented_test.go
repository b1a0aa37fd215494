package iamlet_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every exported name has a comment; every function and type has an example, which runs; every method is called in
// an example, but for those that implement interfaces and are called by fmt, errors, encoding and log/slog.
func TestEveryExportedNameHasACommentAndAnExample(t *testing.T) {
	fileSet := token.NewFileSet()
	paths, _ := filepath.Glob("*.go")
	var files []*ast.File
	for _, path := range paths {
		file, err := parser.ParseFile(fileSet, path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	pkg, err := doc.NewFromFiles(fileSet, files, "iamlet")
	if err != nil {
		t.Fatal(err)
	}
	examples, calls := map[string]bool{}, map[string]bool{}
	for _, example := range doc.Examples(files...) {
		examples[example.Name] = example.Output != ""
		ast.Inspect(example.Code, func(node ast.Node) bool {
			if call, ok := node.(*ast.SelectorExpr); ok {
				calls[call.Sel.Name] = true
			}
			return true
		})
	}
	comment := func(name, text string) {
		if strings.TrimSpace(text) == "" {
			t.Errorf("%s has no comment", name)
		}
	}
	example := func(name string) {
		if !examples[name] {
			t.Errorf("%s has no example that runs", name)
		}
	}
	functions := func(list []*doc.Func) {
		for _, function := range list {
			comment(function.Name, function.Doc)
			example(function.Name)
		}
	}
	values := func(list []*doc.Value) {
		for _, value := range list {
			for _, spec := range value.Decl.Specs {
				if spec, ok := spec.(*ast.ValueSpec); ok && spec.Names[0].IsExported() {
					text := spec.Doc.Text() + spec.Comment.Text()
					if len(value.Decl.Specs) == 1 {
						text += value.Doc
					}
					comment(spec.Names[0].Name, text)
				}
			}
		}
	}
	implements := map[string]bool{"String": true, "Error": true, "Unwrap": true,
		"MarshalText": true, "MarshalJSON": true, "LogValue": true}
	functions(pkg.Funcs)
	values(pkg.Consts)
	for _, one := range pkg.Types {
		comment(one.Name, one.Doc)
		example(one.Name)
		functions(one.Funcs)
		values(one.Consts)
		for _, method := range one.Methods {
			comment(one.Name+"."+method.Name, method.Doc)
			if !implements[method.Name] && !calls[method.Name] {
				t.Errorf("%s.%s is called in no example", one.Name, method.Name)
			}
		}
	}
	if len(pkg.Types) < 25 || len(pkg.Funcs) == 0 || len(examples) < 40 {
		t.Errorf("%d types, %d functions, %d examples", len(pkg.Types), len(pkg.Funcs), len(examples))
	}
}

// The README shows Example, which runs, in ten lines.
func TestTheReadmeShowsTheExample(t *testing.T) {
	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	_, rest, found := strings.Cut(read("../README.md"), "```go\n")
	shown, _, _ := strings.Cut(rest, "```\n")
	lines := strings.Split(strings.TrimSuffix(shown, "\n"), "\n")
	if !found || len(lines) > 10 {
		t.Fatalf("%d lines", len(lines))
	}
	if !strings.Contains(read("example_test.go"), "func Example() {\n\t"+strings.Join(lines, "\n\t")+"\n\t// Output:") {
		t.Error("the README and example_test.go differ")
	}
}
