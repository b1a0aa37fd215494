package iamlet

// #include "crossing.h"
import "C"

import (
	"fmt"
	"log/slog"
)

// MarshalText is String, so that JSON and logs have names in place of numbers.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText takes the name of a kind, "scp_full" for one.
func (k *Kind) UnmarshalText(text []byte) error {
	kind := Kind(C.go_kind_from_text(chars(text), C.size_t(len(text))))
	if kind == 0 {
		return fmt.Errorf("iamlet: no kind of policies has this name: %q", text)
	}
	*k = kind
	return nil
}

// MarshalText is the layer's name in a configuration, "boundary" for one, which UnmarshalText takes.
func (l Layer) MarshalText() ([]byte, error) {
	return []byte(named(C.iamlet_layer_code(C.uint32_t(l)), "Layer", uint32(l))), nil
}

// UnmarshalText takes the name of a layer in a configuration, "boundary" for one.
func (l *Layer) UnmarshalText(text []byte) error {
	layer := Layer(C.go_layer_from_text(chars(text), C.size_t(len(text))))
	if layer == 0 {
		return fmt.Errorf("iamlet: no layer has this name: %q", text)
	}
	*l = layer
	return nil
}

// MarshalText is String.
func (e Effect) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// MarshalText is String.
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// MarshalText is String.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalText is String.
func (f Fault) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// MarshalText is String.
func (p Pool) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// MarshalText is String.
func (d Detail) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// MarshalText is String.
func (t PrincipalType) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// MarshalText is String.
func (k ResourceKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// MarshalText is String.
func (a Absent) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// LogValue is the decision as a group: its effect and reason or status, and of the layer and the statement what there is.
func (d Decision) LogValue() slog.Value {
	values := []slog.Attr{slog.String("effect", d.Effect.String())}
	if d.Status == StatusOK {
		values = append(values, slog.String("reason", d.Reason.String()))
	} else {
		values = append(values, slog.String("status", d.Status.String()))
	}
	switch {
	case d.Layers != 0:
		values = append(values, slog.String("layers", d.Layers.String()))
	case d.Layer != 0:
		values = append(values, slog.String("layer", d.Layer.String()), slog.Int("level", d.Level))
	}
	if d.HasStatement {
		values = append(values, slog.Int("set", d.Set), slog.Int("policy", d.Policy), slog.Int("statement", d.Statement),
			slog.String("sid", d.Sid), slog.Uint64("tag", d.Tag))
	}
	return slog.GroupValue(values...)
}
