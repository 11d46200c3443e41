// What Kubernetes' own Go types, and its own Pod Security policy, say about manifests: the judge of tests/kubernetes/run.
//
//	judge objects <manifests.yaml    {"objects": [...], "problems": ["Kind/name: ..."]}: every document decoded strictly into its Go
//	                                 type (an unknown or doubled key is a problem), every pod held against Pod Security "restricted"
//	judge json <any.yaml             the same document as JSON
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	disruption "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	strictjson "k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/util/yaml"
	security "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	gateway "sigs.k8s.io/gateway-api/apis/v1"
	sigsyaml "sigs.k8s.io/yaml"
)

type verdict struct {
	Objects  []json.RawMessage `json:"objects"`
	Problems []string          `json:"problems"`
}

// The kinds that the chart may render, in their Go types.
func decoder() (runtime.Decoder, error) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{apps.AddToScheme, core.AddToScheme, networking.AddToScheme, disruption.AddToScheme,
		monitoring.AddToScheme, gateway.Install} {
		if err := add(scheme); err != nil {
			return nil, err
		}
	}
	return strictjson.NewSerializerWithOptions(strictjson.DefaultMetaFactory, scheme, scheme,
		strictjson.SerializerOptions{Yaml: true, Strict: true}), nil
}

// The pod that an object is or starts; nil when it starts none.
func podOf(object runtime.Object) (*meta.ObjectMeta, *core.PodSpec) {
	switch typed := object.(type) {
	case *core.Pod:
		return &typed.ObjectMeta, &typed.Spec
	case *apps.StatefulSet:
		return &typed.Spec.Template.ObjectMeta, &typed.Spec.Template.Spec
	case *apps.Deployment:
		return &typed.Spec.Template.ObjectMeta, &typed.Spec.Template.Spec
	case *apps.DaemonSet:
		return &typed.Spec.Template.ObjectMeta, &typed.Spec.Template.Spec
	default:
		return nil, nil
	}
}

func judge(documents *yaml.YAMLReader) (verdict, error) {
	decode, err := decoder()
	if err != nil {
		return verdict{}, err
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return verdict{}, err
	}
	restricted := security.LevelVersion{Level: security.LevelRestricted, Version: security.LatestVersion()}
	found := verdict{Objects: []json.RawMessage{}, Problems: []string{}}
	for {
		text, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return found, err
		}
		plain, err := sigsyaml.YAMLToJSON(text)
		if err != nil {
			return found, err
		}
		if string(plain) == "null" {
			continue
		}
		found.Objects = append(found.Objects, plain)
		name := nameOf(plain)
		object, _, err := decode.Decode(text, nil, nil)
		if err != nil {
			found.Problems = append(found.Problems, fmt.Sprintf("%s: %v", name, err))
			if !runtime.IsStrictDecodingError(err) {
				continue
			}
		}
		metadata, spec := podOf(object)
		if spec == nil {
			continue
		}
		for _, result := range evaluator.EvaluatePod(restricted, metadata, spec) {
			if !result.Allowed {
				found.Problems = append(found.Problems, fmt.Sprintf("%s: Pod Security: %s: %s", name, result.ForbiddenReason, result.ForbiddenDetail))
			}
		}
	}
}

func nameOf(plain []byte) string {
	var object meta.PartialObjectMetadata
	if err := json.Unmarshal(plain, &object); err != nil {
		return "?"
	}
	return object.Kind + "/" + object.Name
}

func run(verb string) error {
	switch verb {
	case "objects":
		found, err := judge(yaml.NewYAMLReader(bufio.NewReader(os.Stdin)))
		if err != nil {
			return err
		}
		return json.NewEncoder(os.Stdout).Encode(found)
	case "json":
		text, err := io.ReadAll(os.Stdin)
		if err != nil {
			return err
		}
		plain, err := sigsyaml.YAMLToJSONStrict(text)
		if err != nil {
			return err
		}
		_, err = os.Stdout.Write(plain)
		return err
	default:
		return fmt.Errorf("judge: no verb %q", verb)
	}
}

func main() {
	verb := ""
	if len(os.Args) == 2 {
		verb = os.Args[1]
	}
	if err := run(verb); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
