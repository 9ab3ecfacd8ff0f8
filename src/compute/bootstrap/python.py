"""The Lambda runtime for Python functions: imports the handler, then asks the Runtime API for one invocation after another.

Only the standard library, and only what every supported Python 3 has, because it runs in the function's process. Words and
shapes are those of AWS's pages "Python handlers", "context object" and "logging".
"""

import http.client
import importlib
import importlib.machinery
import ctypes
import datetime
import gc
import json
import logging
import os
import sys
import threading
import time
import traceback

API = "/2018-06-01/runtime/"
JSON_LOGS = os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON"
FRAME_TYPE = (0xA55A0003).to_bytes(4, "big")
HERE = os.path.abspath(__file__)
#: What AWS's Python runtimes bring along beside the standard library.
BOTO3 = {"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six"}


class Clock:
    """The cloud's time as the function's own: as far ahead of the machine's as the cloud's clock is, told anew with each
    invocation. Between two tellings it runs as the machine's; what measures spans (monotonic, perf_counter) stays what it is."""

    machine = staticmethod(time.time)
    machine_ns = staticmethod(time.time_ns)
    ahead_ms = 0
    installed = False

    @classmethod
    def keep(cls, text):
        cls.ahead_ms = int(text or 0)
        if text is not None and not cls.installed:
            cls.installed = True
            cls.install()

    @classmethod
    def now(cls):
        return cls.machine() + cls.ahead_ms / 1000

    @classmethod
    def now_ns(cls):
        return cls.machine_ns() + cls.ahead_ms * 1000000

    @classmethod
    def install(cls):
        time.time = cls.now
        time.time_ns = cls.now_ns
        for name in ("gmtime", "localtime", "ctime"):
            setattr(time, name, cls.at_now(getattr(time, name)))
        gmtime, localtime, strftime, asctime = time.gmtime, time.localtime, time.strftime, time.asctime
        time.strftime = lambda form, moment=None: strftime(form, localtime() if moment is None else moment)
        time.asctime = lambda moment=None: asctime(localtime() if moment is None else moment)
        # date.today and datetime.today ask time.time by themselves. These two are changed in place, and no subclass takes the
        # type's place, because code that compares types and code written in C must see the very type.
        cls.replace(datetime.datetime, "now", lambda kind, tz=None: kind.fromtimestamp(cls.now(), tz))
        cls.replace(
            datetime.datetime,
            "utcnow",
            lambda kind: kind.fromtimestamp(cls.now(), datetime.timezone.utc).replace(tzinfo=None),
        )

    @staticmethod
    def at_now(function):
        return lambda moment=None: function(Clock.now() if moment is None else moment)

    @staticmethod
    def replace(kind, name, function):
        gc.get_referents(kind.__dict__)[0][name] = classmethod(function)
        ctypes.pythonapi.PyType_Modified(ctypes.py_object(kind))


class Fault(Exception):
    """An error of the runtime's own, with AWS's type and words."""

    def __init__(self, error_type, message, trace=None):
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.trace = trace


class Boto3Finder:
    """Finds boto3 where this machine has it, for functions that did not bundle it; nothing else of that place is seen."""

    def __init__(self, directory):
        self.directory = directory

    def find_spec(self, name, path=None, target=None):
        if path is not None or name not in BOTO3:
            return None
        return importlib.machinery.PathFinder.find_spec(name, [self.directory])

    def find_distributions(self, context=None):
        try:
            from importlib.metadata import MetadataPathFinder
        except ImportError:
            return iter(())
        if getattr(context, "name", None) not in BOTO3:
            return iter(())
        from importlib.metadata import DistributionFinder

        return MetadataPathFinder.find_distributions(
            DistributionFinder.Context(name=context.name, path=[self.directory])
        )


class Log:
    """Each call is one event of the log: framed as AWS's runtimes do it, so that line breaks stay inside."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.lock = threading.Lock()

    def write(self, text):
        body = text.encode("utf-8", "backslashreplace")
        head = FRAME_TYPE + len(body).to_bytes(4, "big") + int(time.time() * 1000000).to_bytes(8, "big")
        data = head + body
        with self.lock:
            while data:
                data = data[os.write(self.descriptor, data) :]

    def error(self, error):
        if JSON_LOGS:
            self.write(to_json({"timestamp": timestamp(), "level": "ERROR", **error}))
            return
        lines = ["[ERROR] %s: %s" % (error["errorType"], error["errorMessage"])]
        lines.append("Traceback (most recent call last):")
        for part in error["stackTrace"]:
            for line in part.splitlines():
                text = line.lstrip(" ")
                lines.append("\u00a0" * (len(line) - len(text)) + text)
        self.write("\n".join(lines) + "\n")


class Handler(logging.Handler):
    def __init__(self, log):
        super().__init__()
        self.log = log

    def emit(self, record):
        try:
            self.log.write(self.format(record))
        except Exception:
            self.handleError(record)


class RequestFilter(logging.Filter):
    request_id = ""

    def filter(self, record):
        record.aws_request_id = self.request_id
        return True


class JsonFormatter(logging.Formatter):
    STANDARD = set(logging.LogRecord("", 0, "", 0, "", (), None).__dict__) | {"aws_request_id", "message", "asctime"}

    def format(self, record):
        line = {
            "timestamp": timestamp(record.created),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
        }
        if record.exc_info:
            kind, value, trace = record.exc_info
            line["stackTrace"] = traceback.format_list(traceback.extract_tb(trace))
            line["errorType"] = kind.__name__ if kind else None
            line["errorMessage"] = str(value)
            line["location"] = "%s:%s:%s" % (record.pathname, record.funcName, record.lineno)
        line.update({key: value for key, value in record.__dict__.items() if key not in self.STANDARD})
        if record.aws_request_id:
            line["requestId"] = record.aws_request_id
        return json.dumps(line, ensure_ascii=False, default=str)


def timestamp(seconds=None):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def to_json(value):
    return json.dumps(value, ensure_ascii=False)


class CognitoIdentity:
    __slots__ = ["cognito_identity_id", "cognito_identity_pool_id"]

    def __init__(self, given):
        self.cognito_identity_id = given.get("cognitoIdentityId")
        self.cognito_identity_pool_id = given.get("cognitoIdentityPoolId")


class Client:
    NAMES = ["installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"]
    __slots__ = NAMES

    def __init__(self, given):
        for name in self.NAMES:
            setattr(self, name, given.get(name))


class ClientContext:
    __slots__ = ["custom", "env", "client"]

    def __init__(self, given):
        self.custom = given.get("custom")
        self.env = given.get("env")
        self.client = Client(given["client"]) if given.get("client") else None


class LambdaContext:
    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.tenant_id = None
        client = parse_header(headers["Lambda-Runtime-Client-Context"], "Client Context")
        identity = parse_header(headers["Lambda-Runtime-Cognito-Identity"], "Cognito Identity")
        self.client_context = None if client is None else ClientContext(client)
        self.identity = CognitoIdentity(identity or {})
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(self._deadline - int(Clock.machine() * 1000), 0)

    def log(self, message):
        sys.stdout.write(str(message))

    def __repr__(self):
        shown = ["%s=%s" % item for item in self.__dict__.items() if not item[0].startswith("_")]
        return "LambdaContext([%s])" % ",".join(shown)


def parse_header(text, name):
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError as error:
        raise Fault("Runtime.LambdaContextUnmarshalError", "Unable to parse %s JSON: %s" % (name, error))


def load_handler(name):
    module_name, dot, function = name.rpartition(".")
    if not dot:
        raise Fault(
            "Runtime.MalformedHandlerName",
            "Bad handler '%s': not enough values to unpack (expected 2, got 1)" % name,
        )
    try:
        if module_name.split(".")[0] in sys.builtin_module_names:
            raise Fault(
                "Runtime.BuiltInModuleConflict", "Cannot use built-in module %s as a handler module" % module_name
            )
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError", "Unable to import module '%s': %s" % (module_name, error))
    except SyntaxError as error:
        raise Fault(
            "Runtime.UserCodeSyntaxError",
            "Syntax error in module '%s': %s" % (module_name, error),
            ['  File "%s" Line %s\n    %s' % (error.filename, error.lineno, error.text)],
        )
    try:
        return getattr(module, function)
    except AttributeError:
        raise Fault("Runtime.HandlerNotFound", "Handler '%s' missing on module '%s'" % (function, module_name))


def describe(error, request_id=""):
    """AWS's error document; the frames of this file and of the import machinery above the function's are left out."""
    if isinstance(error, Fault):
        kind, message, trace = error.error_type, error.message, error.trace or []
    else:
        frames = list(traceback.extract_tb(error.__traceback__))
        while frames and (frames[0].filename == HERE or "importlib" in frames[0].filename):
            frames.pop(0)
        kind, message, trace = type(error).__name__, str(error), traceback.format_list(frames)
    return {"errorMessage": message, "errorType": kind, "requestId": request_id, "stackTrace": trace}


class RuntimeApi:
    """One connection, kept for the life of the process."""

    def __init__(self, address):
        self.connection = http.client.HTTPConnection(address)

    def call(self, method, target, body=None, headers=None):
        self.connection.request(method, API + target, body, headers or {})
        response = self.connection.getresponse()
        return response, response.read()

    def error(self, target, error):
        kind = "".join(c for c in error["errorType"] if " " <= c <= "~")
        headers = {"Content-Type": "application/json", "Lambda-Runtime-Function-Error-Type": kind}
        self.call("POST", target, to_json(error).encode("utf-8", "backslashreplace"), headers)


def marshal(value):
    try:
        return json.dumps(value, ensure_ascii=False, default=decimal).encode("utf-8")
    except Exception as error:
        raise Fault("Runtime.MarshalError", "Unable to marshal response: %s" % error)


def decimal(value):
    """AWS's runtime writes a Decimal as a number."""
    import decimal as module

    if isinstance(value, module.Decimal):
        return float(value)
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


def serve(api, handler, log, requests):
    while True:
        response, body = api.call("GET", "invocation/next")
        if response.status != 200:
            raise OSError("the Runtime API answered next with %d: %r" % (response.status, body))
        headers = response.headers
        Clock.keep(headers["Seatrial-Clock-Ahead-Ms"])
        request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        requests.request_id = request_id
        trace = headers["Lambda-Runtime-Trace-Id"]
        if trace is None:
            os.environ.pop("_X_AMZN_TRACE_ID", None)
        else:
            os.environ["_X_AMZN_TRACE_ID"] = trace
        try:
            try:
                event = json.loads(body.decode("utf-8"))
            except ValueError as error:
                raise Fault("Runtime.UnmarshalError", "Unable to unmarshal input: %s" % error)
            result = marshal(handler(event, LambdaContext(headers)))
        except Exception as error:
            problem = describe(error, request_id)
            log.error(problem)
            sys.stdout.flush()
            api.error("invocation/%s/error" % request_id, problem)
        else:
            sys.stdout.flush()
            api.call("POST", "invocation/%s/response" % request_id, result, {"Content-Type": "application/json"})


def set_up_logging(log):
    requests = RequestFilter()
    handler = Handler(log)
    handler.addFilter(requests)
    if JSON_LOGS:
        handler.setFormatter(JsonFormatter())
    else:
        formatter = logging.Formatter(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", "%Y-%m-%dT%H:%M:%S"
        )
        formatter.converter = time.gmtime
        handler.setFormatter(formatter)
    root = logging.getLogger()
    root.addHandler(handler)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL")
    if JSON_LOGS and level:
        names = {"TRACE": logging.DEBUG, "FATAL": logging.CRITICAL, "WARN": logging.WARNING}
        root.setLevel(names.get(level) or getattr(logging, level, logging.INFO))
    return requests


def watch_parent():
    """Where the system cannot tie our life to Seatrial's, the parent's id says that it is gone."""
    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), 9)

    threading.Thread(target=watch, daemon=True).start()


def main():
    Clock.keep(os.environ.pop("SEATRIAL_CLOCK_AHEAD_MS", None))
    log = Log(int(os.environ.pop("_LAMBDA_TELEMETRY_LOG_FD")))
    os.set_inheritable(log.descriptor, False)
    boto3 = os.environ.pop("SEATRIAL_BOTO3", None)
    tied = os.environ.pop("SEATRIAL_TIED", None)
    if tied is None:
        watch_parent()
    requests = set_up_logging(log)
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    opt = os.environ.pop("SEATRIAL_OPT", "/opt")
    minor = "python%d.%d" % sys.version_info[:2]
    sys.path[0:1] = [
        os.environ["LAMBDA_TASK_ROOT"],
        os.path.join(opt, "python", "lib", minor, "site-packages"),
        os.path.join(opt, "python"),
    ]
    if boto3:
        sys.meta_path.append(Boto3Finder(boto3))
    try:
        handler = load_handler(os.environ["_HANDLER"])
    except Exception as error:
        problem = describe(error)
        log.error(problem)
        sys.stdout.flush()
        api.error("init/error", problem)
        sys.exit(1)
    try:
        serve(api, handler, log, requests)
    except (OSError, http.client.HTTPException):
        # The Runtime API is gone: so is the one who would have listened.
        os._exit(1)


sys.stdout.reconfigure(line_buffering=True, encoding="utf-8", errors="backslashreplace")
main()
