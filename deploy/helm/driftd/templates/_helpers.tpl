{{/* Names, labels and checks that the templates share. */}}

{{- define "driftd.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Of the StatefulSet: its pods' names get a suffix, and labels hold 63 bytes. */}}
{{- define "driftd.fullname" -}}
{{- $name := include "driftd.name" . }}
{{- $full := .Values.fullnameOverride | default (ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name)) }}
{{- $full | trunc 52 | trimSuffix "-" }}
{{- end }}

{{- define "driftd.selectorLabels" -}}
app.kubernetes.io/name: {{ include "driftd.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Of every object but pods and volume claims, which keep theirs from one chart version to the next. */}}
{{- define "driftd.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "driftd.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "driftd.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (ternary (include "driftd.fullname" .) "default" .Values.serviceAccount.create) }}
{{- end }}

{{- define "driftd.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) }}
{{- end }}
{{- end }}

{{- define "driftd.configMapName" -}}
{{- .Values.existingConfigMap | default (printf "%s-config" (include "driftd.fullname" .)) }}
{{- end }}

{{/* The port that driftd listens on. */}}
{{- define "driftd.port" -}}
{{- if .Values.existingConfigMap }}3738{{ else }}{{ regexFind "[0-9]+$" .Values.config.http.listen }}{{ end }}
{{- end }}

{{/* A probe with its handler: dict "probe" "path". */}}
{{- define "driftd.probe" -}}
{{- if or .probe.httpGet .probe.tcpSocket .probe.exec }}
{{- toYaml .probe }}
{{- else }}
{{- toYaml (merge (dict "httpGet" (dict "path" .path "port" "http")) .probe) }}
{{- end }}
{{- end }}

{{/* Containers of the user's, with the chart's securityContext where they have none: dict "containers" "root". */}}
{{- define "driftd.containers" -}}
{{- range .containers }}
- {{ toYaml (mergeOverwrite (dict "securityContext" (deepCopy $.root.Values.securityContext)) .) | nindent 2 | trim }}
{{- end }}
{{- end }}

{{/* What no JSON Schema can say in words that help. */}}
{{- define "driftd.checks" -}}
{{- if gt (int .Values.replicaCount) 1 }}
{{- fail (printf "replicaCount is %d: one driftd reads all partitions of its topics, so a second one would do the same work and send the same alerts. Give it more CPU, or install another release for some of the monitors" (int .Values.replicaCount)) }}
{{- end }}
{{- if not .Values.existingConfigMap }}
{{- if not .Values.config.kafka.brokers }}
{{- fail "config.kafka.brokers is empty: where is the cluster? For example --set 'config.kafka.brokers={kafka:9092}'" }}
{{- end }}
{{- if not .Values.config.monitors }}
{{- fail "config.monitors is empty: what is to be watched? A monitor has a name, a topic and a reference; see references in values.yaml" }}
{{- end }}
{{- if regexMatch "^(127\\.|localhost:|\\[::1\\]:)" .Values.config.http.listen }}
{{- fail (printf "config.http.listen is %s: neither probes nor Prometheus reach a listener on loopback in a pod" .Values.config.http.listen) }}
{{- end }}
{{- if not (regexMatch ":[1-9][0-9]*$" .Values.config.http.listen) }}
{{- fail (printf "config.http.listen is %s: it must end in a port that is not 0" .Values.config.http.listen) }}
{{- end }}
{{- end }}
{{- end }}
