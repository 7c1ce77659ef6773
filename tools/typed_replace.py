"""A mypy plugin: `model.replace(...)` takes the fields of the model's own class, with their types."""

from collections.abc import Callable

from mypy.nodes import ARG_NAMED_OPT, TypeInfo, Var
from mypy.plugin import MethodSigContext, Plugin
from mypy.typeops import map_type_from_supertype
from mypy.types import CallableType, FunctionLike, Instance, ProperType, Type, TypeVarType, get_proper_type

MODEL = "shared.models.Model"


class TypedReplace(Plugin):
    """Gives `Model.replace` the signature that its model implies."""

    def get_method_signature_hook(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        """Return the hook for every `replace`: mypy names the class of the receiver, not the one that defines it."""
        return signature_of_replace if fullname.endswith(".replace") else None


def signature_of_replace(context: MethodSigContext) -> FunctionLike:
    """Return a signature with one optional keyword argument for each field of the model."""
    signature = context.default_signature
    model = instance_of(get_proper_type(context.type))
    if model is None or not model.type.has_base(MODEL) or not isinstance(signature, CallableType):
        return signature
    fields = {name: kind for info in reversed(model.type.mro) for name, kind in fields_of(info, model).items()}
    return signature.copy_modified(
        arg_types=list(fields.values()), arg_kinds=[ARG_NAMED_OPT] * len(fields), arg_names=list(fields)
    )


def instance_of(receiver: ProperType) -> Instance | None:
    """Return the model that the method is called on; of a type variable, its bound."""
    if isinstance(receiver, TypeVarType):
        receiver = get_proper_type(receiver.upper_bound)
    return receiver if isinstance(receiver, Instance) else None


def fields_of(info: TypeInfo, model: Instance) -> dict[str, Type]:
    """Return the annotated attributes that a class of the project declares itself."""
    if info.module_name.startswith(("pydantic", "builtins", "typing", "abc")):
        return {}
    return {
        name: map_type_from_supertype(entry.node.type, model.type, info)
        for name, entry in info.names.items()
        if isinstance(entry.node, Var)
        and entry.node.type is not None
        and not (entry.node.is_classvar or name.startswith("_") or name == "model_config")
    }


def plugin(version: str) -> type[Plugin]:
    """Return the plugin to mypy."""
    return TypedReplace
