import Datasets

/// Something that takes long to make of a data set: kept until there is another one.
struct ToolOfDataset<Tool> {
    private var kept: (dataset: Dataset, tool: Tool)?

    mutating func tool(for dataset: Dataset, _ make: () -> Tool) -> Tool {
        if let kept, kept.dataset == dataset { return kept.tool }
        let tool = make()
        kept = (dataset, tool)
        return tool
    }
}
