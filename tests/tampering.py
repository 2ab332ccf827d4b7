"""Changes to the graph of an export that an attacker could make."""


def call_the_saver(meta):
    """Makes an exported signature write a file of its caller's choice."""
    functions = meta.graph_def.library.function
    names = [function.signature.name for function in functions]
    saver = next(name for name in names if "traced_save" in name)
    for function in functions:
        if "signature_wrapper_generate" in function.signature.name:
            for node in function.node_def:
                if node.op.endswith("PartitionedCall"):
                    node.attr["f"].func.name = saver


def name_the_saver(meta):
    call_the_saver(meta)
    meta.saver_def.Clear()


def give_an_operation_a_body(meta):
    body = meta.graph_def.library.function.add()
    body.signature.name = "Relu"


def define_twice(meta):
    library = meta.graph_def.library
    library.function.add().CopyFrom(library.function[0])


def call_what_is_not_there(meta):
    node = meta.graph_def.library.function[0].node_def.add()
    node.op = "PartitionedCall"
    node.attr["f"].func.name = "absent"


def double(meta, levels=12, width=8, again=None):
    """Adds functions that each call the next one several times."""
    for level in range(levels):
        function = meta.graph_def.library.function.add()
        function.signature.name = f"level_{level}"
        last = level == levels - 1
        for _ in range(width):
            node = function.node_def.add()
            node.op = "NoOp" if last and not again else "PartitionedCall"
            if node.op != "NoOp":
                callee = again if last else f"level_{level + 1}"
                node.attr["f"].func.name = callee
    node = meta.graph_def.node.add()
    node.op = "PartitionedCall"
    node.attr["f"].func.name = "level_0"


def hide_a_function(meta):
    """Calls a function through the attribute of a function's attribute."""
    node = meta.graph_def.library.function[0].node_def.add()
    node.op = "PartitionedCall"
    node.attr["f"].func.name = meta.graph_def.library.function[1].signature.name
    node.attr["f"].func.attr["g"].func.name = "absent"


def fill_memory(meta):
    node = meta.graph_def.library.function[0].node_def.add()
    node.op = "Const"
    value = node.attr["value"].tensor
    value.dtype = 1
    value.float_val.append(0)
    for _ in range(3):
        value.tensor_shape.dim.add().size = 10**4


def keep_a_handle(meta):
    node = meta.graph_def.node.add()
    node.op = "Const"
    node.attr["value"].tensor.dtype = 20  # a resource


def grow_a_variable(meta):
    for node in meta.object_graph_def.nodes:
        if node.WhichOneof("kind") == "variable":
            node.variable.shape.dim[0].size = 10**9


def hold_a_resource(meta):
    meta.object_graph_def.nodes.add().resource.device = ""


def hold_an_optimizer(meta):
    meta.object_graph_def.nodes.add().user_object.identifier = "optimizer"


def hold_an_asset(meta):
    meta.asset_file_def.add().filename = "../canary"


def register_a_class(meta):
    meta.object_graph_def.nodes[0].registered_name = "Custom.Thing"


def restore_by_a_function(meta):
    objects = meta.object_graph_def.nodes[0].saveable_objects
    objects["x"].save_function = 1


def become_a_graph_of_tensorflow_1(meta):
    meta.ClearField("object_graph_def")


def define_a_gradient(meta):
    meta.graph_def.library.gradient.add().function_name = "x"
