package iamlet_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"iamlet"
)

func ExampleCompileMapped() {
	_, positions, err := iamlet.CompileMapped(iamlet.KindIdentity, []byte(`{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
  {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::team/secret/*"}]}`))
	line, column, ok := positions.Position(1)
	fmt.Println(line, column, ok, err)
	// Output: 3 3 true <nil>
}

func ExampleSourceMap() {
	file := []byte{10, 0, 0, 0, 5, 0, 0, 0} // as CompileMapped wrote it
	line, column, ok := iamlet.SourceMap(file).Position(0)
	fmt.Println(line, column, ok)
	_, _, ok = iamlet.SourceMap(file).Position(1)
	fmt.Println(ok)
	// Output:
	// 10 5 true
	// false
}

// Each text has a § where a statement stands.
func TestStatementsStandWhereTheirBracketsAre(t *testing.T) {
	statement := `{"Effect": "Deny", "Action": "*", "Resource": "*"}`
	for _, text := range []string{
		`{"Version": "2012-10-17", "Statement": §S}`,
		"{\r\n\t\"Statement\": [\r\n\t\t§S,\t§S\r\n], \"Version\": \"2012-10-17\"}",
		`{"Id": "é中😀\u00e9", "Version": "2012-10-17", "Statement": [§S, §S]}`,
		`{"Version": "2012-10-17", "Statement": [` + strings.Repeat("§S,\n", 3000) + `§S]}`,
	} {
		text = strings.ReplaceAll(text, "§S", "§"+statement)
		json := []byte(strings.ReplaceAll(text, "§", ""))
		policy, positions, err := iamlet.CompileMapped(iamlet.KindIdentity, json)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(policy, must(iamlet.Compile(iamlet.KindIdentity, json))) {
			t.Errorf("another policy with a source map: %.80s", json)
		}
		parts := strings.Split(text, "§")
		before := ""
		for number, part := range parts[:len(parts)-1] {
			before += part
			last := before[strings.LastIndex(before, "\n")+1:]
			line, column, ok := positions.Position(number)
			if line != strings.Count(before, "\n")+1 || column != len([]rune(last))+1 || !ok {
				t.Fatalf("%d:%d, %v of statement %d: %.80s", line, column, ok, number, json)
			}
		}
		if len(positions) != 8*(len(parts)-1) {
			t.Errorf("%d bytes for %d statements", len(positions), len(parts)-1)
		}
	}
}

func TestForeignBytesHaveNoPosition(t *testing.T) {
	for _, positions := range []iamlet.SourceMap{nil, {}, make([]byte, 7), make([]byte, 16)} {
		for _, statement := range []int{math.MinInt, -1, 0, 1, 2, math.MaxUint32, math.MaxInt} {
			if line, column, ok := positions.Position(statement); line != 0 || column != 0 || ok {
				t.Errorf("%d:%d of statement %d in %v", line, column, statement, positions)
			}
		}
	}
}

func TestARefusedDocumentHasNoSourceMap(t *testing.T) {
	for _, json := range []string{"", "{}", strings.Repeat(" ", 1<<21)} {
		policy, positions, err := iamlet.CompileMapped(iamlet.KindIdentity, []byte(json))
		if refused := new(iamlet.DocumentError); policy != nil || positions != nil || !errors.As(err, &refused) {
			t.Errorf("%v, %v, %v", policy, positions, err)
		}
	}
	if _, _, err := iamlet.CompileMapped(99, []byte(fullAccess)); err != iamlet.StatusUnknownValue {
		t.Error(err)
	}
	if _, _, err := iamlet.CompileMapped(iamlet.KindIdentity, []byte(fullAccess), iamlet.QuotaBytes(8)); err == nil {
		t.Error("the quota is exceeded")
	}
}
