using Exo.Actors.Models;
using Exo.Actors.Tests.InProcess;
using Exo.Engine.Formats;
using Exo.Engine.Models;
using Exo.Engine.Stages;

namespace Exo.Actors.Tests.Models;

public sealed class ModelStoreTests
{
    [Fact]
    public void Given_a_slice_that_is_being_loaded_When_the_store_is_disposed_Then_loading_ends_well_and_nothing_more_opens()
    {
        using ModelStore store = new(AppContext.BaseDirectory);
        string fingerprint = store.Open(DeviceInProcess.DemoModel).Fingerprint;

        using SliceRunner slice = store.Read("exo-demo", fingerprint, file =>
        {
            store.Dispose();
            return SliceRunner.Load(file, new UnitRange(0, 3), new SliceOptions { Threads = 1 });
        });

        Assert.True(slice.WeightBytes > 0);
        Assert.Contains("shutting down", Assert.Throws<ModelFileException>(() => store.Read("exo-demo", fingerprint, file => file.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_another_file_of_the_same_name_Then_the_message_says_which_one_to_copy_where()
    {
        using ModelStore store = new("/home-of-exo");
        store.Open(DeviceInProcess.DemoModel);

        ModelFileException fault = Assert.Throws<ModelFileException>(() => store.Open("exo-demo", "0123456789abcdef"));

        Assert.Contains("is another file than the exo-demo of the ring", fault.Message, StringComparison.Ordinal);
        Assert.Contains("copy the ring's file to", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_name_that_nothing_has_Then_the_message_lists_what_is_usable()
    {
        using ModelStore store = new("/home-of-exo");
        store.Open(DeviceInProcess.DemoModel);

        ModelFileException fault = Assert.Throws<ModelFileException>(() => store.Open("llama-9000"));

        Assert.Contains("There is no model llama-9000 here: usable are exo-demo", fault.Message, StringComparison.Ordinal);
    }
}
